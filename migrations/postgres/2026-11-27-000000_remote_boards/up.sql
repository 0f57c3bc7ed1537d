-- Boards that are at home on another server, and who here follows them.

-- Empty for our boards; otherwise the other server.
ALTER TABLE boards ADD COLUMN host TEXT NOT NULL DEFAULT '';
-- The group that the board is on its server; NULL for our boards.
ALTER TABLE boards ADD COLUMN actor_id BIGINT REFERENCES actors (id);
-- Whether people of other servers may start threads; of our boards only.
ALTER TABLE boards ADD COLUMN remote_threads BOOLEAN NOT NULL DEFAULT TRUE;
DROP INDEX boards_by_name;
CREATE UNIQUE INDEX boards_by_name ON boards (host, name_key);
CREATE UNIQUE INDEX boards_by_actor ON boards (actor_id) WHERE actor_id IS NOT NULL;

CREATE TABLE following (
    actor_id BIGINT NOT NULL REFERENCES actors (id),
    board_id BIGINT NOT NULL REFERENCES boards (id),
    -- The number of the Follow, which stands in its id.
    follow BIGINT NOT NULL,
    -- 0 asked, 1 accepted, 2 refused
    state SMALLINT NOT NULL,
    asked_at BIGINT NOT NULL,
    -- When it was answered last; NULL: not yet.
    answered_at BIGINT,
    PRIMARY KEY (actor_id, board_id)
);
CREATE INDEX following_by_board ON following (board_id, state, actor_id);
CREATE UNIQUE INDEX following_by_follow ON following (follow);
