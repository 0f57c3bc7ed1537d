DROP INDEX comments_by_thread;
CREATE INDEX comments_by_thread ON comments (thread_id);
CREATE INDEX comments_by_parent ON comments (parent_id);
