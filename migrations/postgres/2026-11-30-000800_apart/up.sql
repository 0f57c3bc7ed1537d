-- Nearly all comments are published, and none is looked up by that. Only the others have an entry in the index by state.
DROP INDEX comments_by_state;
CREATE INDEX comments_by_state ON comments (state, id) WHERE state <> 0;
