-- What is reported: one row for all reports on a comment.
CREATE TABLE cases (
    comment_id BIGINT PRIMARY KEY NOT NULL REFERENCES comments (id),
    -- As in reports: 0 open, 1 resolved, 2 dismissed
    state SMALLINT NOT NULL,
    -- The first report since it was opened: cases are dealt with in that order.
    opened_id BIGINT NOT NULL,
    -- Which moderator has taken it on.
    assigned_to BIGINT REFERENCES actors (id)
);
CREATE INDEX cases_by_state ON cases (state, opened_id);
INSERT INTO cases (comment_id, state, opened_id)
    SELECT comment_id, 0, MIN(id) FROM reports WHERE state = 0 GROUP BY comment_id;

-- What moderators write for one another.
CREATE TABLE notes (
    id BIGINT PRIMARY KEY NOT NULL,
    comment_id BIGINT NOT NULL REFERENCES comments (id),
    author_id BIGINT NOT NULL REFERENCES actors (id),
    text TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX notes_by_comment ON notes (comment_id, id);
