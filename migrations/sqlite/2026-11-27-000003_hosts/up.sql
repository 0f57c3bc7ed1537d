-- What waits, and what was given up, is listed and counted whatever the host.
CREATE INDEX deliveries_by_state ON deliveries (state, id);

-- Servers are counted by how they stand, and the next whose time comes is looked for.
CREATE INDEX peers_by_failures ON peers (state, failures, host);
CREATE INDEX peers_by_next ON peers (state, next_at);

-- The server that an administrator paused, opened or tried again; NULL where something else was dealt with.
ALTER TABLE moderation_log ADD COLUMN host TEXT;
