CREATE TABLE appeals_of_comments (
    id INTEGER PRIMARY KEY NOT NULL,
    comment_id BIGINT NOT NULL REFERENCES comments (id),
    entry_id BIGINT NOT NULL REFERENCES moderation_log (id),
    author_id BIGINT NOT NULL REFERENCES actors (id),
    text TEXT NOT NULL,
    state SMALLINT NOT NULL,
    outcome_id BIGINT REFERENCES moderation_log (id),
    created_at BIGINT NOT NULL
);
INSERT INTO appeals_of_comments SELECT id, comment_id, entry_id, author_id, text, state, outcome_id, created_at FROM appeals WHERE warning_id IS NULL;
DROP TABLE appeals;
ALTER TABLE appeals_of_comments RENAME TO appeals;
CREATE UNIQUE INDEX appeals_once ON appeals (entry_id);
CREATE INDEX appeals_by_outcome ON appeals (outcome_id);
CREATE INDEX appeals_by_state ON appeals (state, id);
CREATE INDEX appeals_by_author ON appeals (author_id, id);
CREATE INDEX appeals_by_comment ON appeals (comment_id, id);
DELETE FROM warnings WHERE kind <> 0;
DROP INDEX warnings_by_sanction;
ALTER TABLE warnings DROP COLUMN sanction_id;
ALTER TABLE warnings DROP COLUMN kind;
