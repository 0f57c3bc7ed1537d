-- Threads that were split off another one: each is the comment that begins it, with all that hangs below that.
CREATE TABLE splits (
    thread_id INTEGER PRIMARY KEY NOT NULL REFERENCES threads (id),
    -- The thread that it was part of, or the one into which that was merged since.
    from_id BIGINT NOT NULL REFERENCES threads (id),
    -- What its root answered there.
    parent_id BIGINT NOT NULL REFERENCES comments (id)
);
CREATE INDEX splits_by_origin ON splits (from_id, thread_id);

-- Seconds that everybody has to let pass between two comments of theirs there; 0: none.
ALTER TABLE threads ADD COLUMN slow BIGINT NOT NULL DEFAULT 0;
ALTER TABLE boards ADD COLUMN slow BIGINT NOT NULL DEFAULT 0;

-- Whether its words are shown to those only who want to see them.
ALTER TABLE comments ADD COLUMN sensitive BOOLEAN NOT NULL DEFAULT FALSE;
