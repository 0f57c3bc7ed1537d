ALTER TABLE moderation_log DROP COLUMN host;
DROP INDEX peers_by_next;
DROP INDEX peers_by_failures;
DROP INDEX deliveries_by_state;
