-- Who did it; NULL: whoever has the machine, by the command line.
DROP INDEX moderation_log_by_moderator;
ALTER TABLE moderation_log ADD COLUMN done_by BIGINT REFERENCES actors (id);
UPDATE moderation_log SET done_by = moderator_id;
ALTER TABLE moderation_log DROP COLUMN moderator_id;
ALTER TABLE moderation_log RENAME COLUMN done_by TO moderator_id;
CREATE INDEX moderation_log_by_moderator ON moderation_log (moderator_id, id);
