-- What is done with what other servers say.
CREATE TABLE policies (
    -- In small letters and ASCII.
    host TEXT PRIMARY KEY NOT NULL,
    -- 0 allow, 1 limit, 2 hold, 3 reject, 4 block
    level SMALLINT NOT NULL,
    with_subdomains BOOLEAN NOT NULL,
    reason TEXT NOT NULL,
    -- Who decided; NULL: whoever has the machine.
    actor_id BIGINT REFERENCES actors (id),
    decided_at BIGINT NOT NULL
);

-- Comments that nobody sees because their server is blocked, and what they were before.
CREATE TABLE hidden (
    comment_id BIGINT PRIMARY KEY NOT NULL REFERENCES comments (id),
    host TEXT NOT NULL,
    state SMALLINT NOT NULL
);
CREATE INDEX hidden_by_host ON hidden (host, comment_id);
