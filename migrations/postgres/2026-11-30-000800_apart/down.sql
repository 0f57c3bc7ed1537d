DROP INDEX comments_by_state;
CREATE INDEX comments_by_state ON comments (state, id);
