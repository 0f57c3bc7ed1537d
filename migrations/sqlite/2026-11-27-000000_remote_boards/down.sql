DROP TABLE following;
DROP INDEX boards_by_actor;
DROP INDEX boards_by_name;
ALTER TABLE boards DROP COLUMN remote_threads;
ALTER TABLE boards DROP COLUMN actor_id;
ALTER TABLE boards DROP COLUMN host;
CREATE UNIQUE INDEX boards_by_name ON boards (name_key);
