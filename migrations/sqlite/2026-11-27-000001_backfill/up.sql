-- Threads with comments of other servers, whose homes are asked for further ones: less and less often while nothing new comes.
CREATE TABLE backfills (
    thread_id INTEGER PRIMARY KEY NOT NULL REFERENCES threads (id),
    -- When something new last came from elsewhere.
    fresh_at BIGINT NOT NULL,
    -- Looks since then.
    step BIGINT NOT NULL,
    -- The greatest number there is: not of its own accord.
    next_at BIGINT NOT NULL,
    leased_until BIGINT NOT NULL,
    -- Comments up to this one have been looked at once.
    seen BIGINT NOT NULL,
    -- The last one that was looked at in its turn.
    turn BIGINT NOT NULL,
    -- The collection of the thread at the home of its root.
    context TEXT,
    -- What came of the last look; 0: there was none.
    ran_at BIGINT NOT NULL,
    known BIGINT NOT NULL,
    fetched BIGINT NOT NULL,
    refused BIGINT NOT NULL,
    failed BIGINT NOT NULL,
    gone BIGINT NOT NULL,
    error TEXT NOT NULL
);
CREATE INDEX backfills_by_next ON backfills (next_at);

-- Actors of other servers who have not yet been asked for by name (WebFinger).
CREATE TABLE introductions (
    actor_id INTEGER PRIMARY KEY NOT NULL REFERENCES actors (id),
    next_at BIGINT NOT NULL,
    leased_until BIGINT NOT NULL,
    attempts BIGINT NOT NULL
);
CREATE INDEX introductions_by_next ON introductions (next_at);
