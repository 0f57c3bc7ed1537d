DROP INDEX comments_by_thread;
DROP INDEX comments_by_author;
DROP INDEX comments_by_state;
DROP INDEX comments_by_parent;
CREATE INDEX comments_by_thread ON comments (thread_id, id);
CREATE INDEX comments_by_author ON comments (author_id, id);
CREATE INDEX comments_by_state ON comments (state, id);
CREATE INDEX comments_by_parent ON comments (parent_id, id);
