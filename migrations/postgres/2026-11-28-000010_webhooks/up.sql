-- Programs of the host that are told of what happens.
CREATE TABLE webhooks (
    id BIGINT PRIMARY KEY NOT NULL,
    url TEXT NOT NULL,
    -- It seals what is said, and is needed as it is.
    secret TEXT NOT NULL,
    -- Of what: a bit for each kind of news.
    kinds BIGINT NOT NULL,
    -- 0 told, 1 paused
    state SMALLINT NOT NULL,
    created_at BIGINT NOT NULL,
    -- How often in a row it was not reached, why the last time, and when it is tried again.
    failures BIGINT NOT NULL,
    error TEXT NOT NULL,
    next_at BIGINT NOT NULL,
    -- When it took something last; 0: never.
    reached_at BIGINT NOT NULL,
    leased_until BIGINT NOT NULL,
    -- Since when it is told again after a pause; 0: it was never paused.
    resumed_at BIGINT NOT NULL
);

-- What each of them is still to be told. There are no words in it: those are looked up when it is told.
CREATE TABLE news (
    webhook_id BIGINT NOT NULL REFERENCES webhooks (id) ON DELETE CASCADE,
    -- Grows with time; the same for all that are told.
    id BIGINT NOT NULL,
    kind SMALLINT NOT NULL,
    comment_id BIGINT,
    -- The entry of the moderation log that tells of it.
    entry_id BIGINT,
    created_at BIGINT NOT NULL,
    -- Since when it is tried; later than that, where it is tried again after it was given up.
    waits_since BIGINT NOT NULL,
    -- 0 waits, 1 given up
    state SMALLINT NOT NULL,
    PRIMARY KEY (webhook_id, id)
);
CREATE INDEX news_by_state ON news (webhook_id, state, id);
