-- What somebody is told of: 0 a comment that answers or mentions them, or was not allowed; 1 removed, 2 restored, 3 reports resolved,
-- 4 reports dismissed, 5 appeal upheld, 6 appeal overturned.
ALTER TABLE notifications ADD COLUMN kind SMALLINT NOT NULL DEFAULT 0;
-- The entry of the moderation log that says why. What is told of is never deleted from there: a reference would only have each deletion look.
ALTER TABLE notifications ADD COLUMN entry_id BIGINT;
DROP INDEX notifications_once;
CREATE UNIQUE INDEX notifications_once ON notifications (account_id, comment_id) WHERE kind = 0;

-- As what somebody did it, as it was then; NULL: on another server.
ALTER TABLE moderation_log ADD COLUMN role SMALLINT;
UPDATE moderation_log SET role = (SELECT role FROM accounts WHERE accounts.actor_id = moderation_log.moderator_id);
CREATE INDEX moderation_log_by_deed ON moderation_log (deed, id);
CREATE INDEX moderation_log_by_moderator ON moderation_log (moderator_id, id);

-- What authors say against the removal of their comments.
CREATE TABLE appeals (
    id INTEGER PRIMARY KEY NOT NULL,
    comment_id BIGINT NOT NULL REFERENCES comments (id),
    -- The removal.
    entry_id BIGINT NOT NULL REFERENCES moderation_log (id),
    author_id BIGINT NOT NULL REFERENCES actors (id),
    text TEXT NOT NULL,
    -- 0 open, 1 upheld: it stays removed, 2 overturned
    state SMALLINT NOT NULL,
    -- What was decided about the appeal.
    outcome_id BIGINT REFERENCES moderation_log (id),
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX appeals_once ON appeals (entry_id);
CREATE INDEX appeals_by_outcome ON appeals (outcome_id);
CREATE INDEX appeals_by_state ON appeals (state, id);
CREATE INDEX appeals_by_author ON appeals (author_id, id);
CREATE INDEX appeals_by_comment ON appeals (comment_id, id);
