-- What was decided against actors. A row stays when it counts no longer: it is what was decided before.
CREATE TABLE sanctions (
    id INTEGER PRIMARY KEY NOT NULL,
    actor_id BIGINT NOT NULL REFERENCES actors (id),
    -- Where; NULL: on the whole instance.
    board_id BIGINT REFERENCES boards (id),
    -- 1 limit, 2 hold, 3 suspend
    level SMALLINT NOT NULL,
    -- When it ends by itself; NULL: never.
    until_at BIGINT,
    reason TEXT NOT NULL,
    -- Who decided; NULL: whoever has the machine.
    moderator_id BIGINT REFERENCES actors (id),
    created_at BIGINT NOT NULL,
    -- When it ended; NULL: it counts.
    ended_at BIGINT,
    -- What is done with what they had written: 0 it stays, 1 it is taken down, 2 it is put back.
    sweep SMALLINT NOT NULL
);
CREATE INDEX sanctions_by_actor ON sanctions (actor_id, id);
-- Of those that ended there are many.
CREATE INDEX sanctions_that_count ON sanctions (id) WHERE ended_at IS NULL;

-- Comments that a suspension took down, and what they were before: what was taken down otherwise is none of its business.
CREATE TABLE swept (
    comment_id INTEGER PRIMARY KEY NOT NULL REFERENCES comments (id),
    sanction_id BIGINT NOT NULL REFERENCES sanctions (id),
    state SMALLINT NOT NULL
);
CREATE INDEX swept_by_sanction ON swept (sanction_id, comment_id);

-- What moderators write about somebody, for one another.
CREATE TABLE actor_notes (
    id INTEGER PRIMARY KEY NOT NULL,
    actor_id BIGINT NOT NULL REFERENCES actors (id),
    -- NULL: whoever has the machine.
    author_id BIGINT REFERENCES actors (id),
    text TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX actor_notes_by_actor ON actor_notes (actor_id, id);

-- What moderators have to say to somebody here.
CREATE TABLE warnings (
    id INTEGER PRIMARY KEY NOT NULL,
    actor_id BIGINT NOT NULL REFERENCES actors (id),
    board_id BIGINT REFERENCES boards (id),
    moderator_id BIGINT REFERENCES actors (id),
    reason TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    read_at BIGINT
);
CREATE INDEX warnings_by_actor ON warnings (actor_id, id);
CREATE INDEX warnings_unread ON warnings (actor_id, id) WHERE read_at IS NULL;

-- What was decided about somebody before is found by their handle.
CREATE INDEX moderation_log_by_person ON moderation_log (person, id) WHERE person IS NOT NULL;
