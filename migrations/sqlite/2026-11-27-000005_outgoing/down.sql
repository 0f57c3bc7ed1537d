DROP INDEX activities_by_comment;
ALTER TABLE activities DROP COLUMN comment_id;
ALTER TABLE peers DROP COLUMN soonest_at;
