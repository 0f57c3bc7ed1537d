-- What is said and heard in groups, and of people who leave.

-- Actors who have gone to another server.
CREATE TABLE moves (
    actor_id BIGINT PRIMARY KEY NOT NULL REFERENCES actors (id),
    target_id BIGINT NOT NULL REFERENCES actors (id),
    moved_at BIGINT NOT NULL
);
CREATE INDEX moves_by_target ON moves (target_id, moved_at);

-- Comments whose authors do not let everybody answer. A comment without a row may be answered by all.
CREATE TABLE answering (
    comment_id BIGINT PRIMARY KEY NOT NULL REFERENCES comments (id),
    -- Ids, one on each line, of those who may.
    automatic TEXT NOT NULL,
    -- Of those who may once the author has agreed.
    manual TEXT NOT NULL
);

-- Who moderates a group on another server, as its home says.
CREATE TABLE moderators (
    group_id BIGINT PRIMARY KEY NOT NULL REFERENCES actors (id),
    -- Ids of actors, one on each line.
    uris TEXT NOT NULL,
    -- When its home was last asked.
    asked_at BIGINT NOT NULL
);
