-- How soon a server that failed may be tried if it is heard of; later than that only if it named the time itself.
ALTER TABLE peers ADD COLUMN soonest_at BIGINT NOT NULL DEFAULT 0;

-- The comment whose words are in it; NULL where none are.
ALTER TABLE activities ADD COLUMN comment_id BIGINT REFERENCES comments (id);
CREATE INDEX activities_by_comment ON activities (comment_id);
