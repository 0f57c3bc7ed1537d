-- Other servers: who is there, what they say, what is to be said to them. Small sets are numbers named in the files of crates/storage.

-- Key pairs of our actors. Threads and the second actors of boards have the instance's.
CREATE TABLE keys (
    -- 0 instance, 1 person, 2 board
    holder SMALLINT NOT NULL,
    -- The actor's or the board's id; 0 for the instance.
    holder_id BIGINT NOT NULL,
    -- PKCS#8
    private BLOB NOT NULL,
    -- PEM, as others are told it.
    public TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (holder, holder_id)
) WITHOUT ROWID;

-- What is known of an actor on another server beyond its name.
CREATE TABLE remotes (
    actor_id INTEGER PRIMARY KEY NOT NULL REFERENCES actors (id),
    uri TEXT NOT NULL,
    -- 0 person, 1 group, 2 service or application, 3 organization
    kind SMALLINT NOT NULL,
    inbox TEXT NOT NULL,
    -- Where its server takes what is for all its actors; NULL: it does not.
    shared_inbox TEXT,
    followers TEXT,
    -- The address of its page.
    url TEXT,
    key_id TEXT NOT NULL,
    -- PEM
    key TEXT NOT NULL,
    -- 0 there, 1 gone
    state SMALLINT NOT NULL,
    fetched_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX remotes_by_uri ON remotes (uri);
CREATE INDEX remotes_by_key ON remotes (key_id);
CREATE INDEX remotes_by_inbox ON remotes (inbox);
CREATE INDEX remotes_by_shared_inbox ON remotes (shared_inbox);

-- Comments that are at home on another server.
CREATE TABLE objects (
    uri TEXT PRIMARY KEY NOT NULL,
    comment_id BIGINT NOT NULL REFERENCES comments (id),
    -- The address of its page.
    url TEXT,
    -- When its home last changed it, as its home says.
    updated_at BIGINT NOT NULL,
    -- Whether it may be made known to others: not what was published quietly.
    announced BOOLEAN NOT NULL
) WITHOUT ROWID;
CREATE UNIQUE INDEX objects_by_comment ON objects (comment_id);

-- Answers are asked for by what they answer.
CREATE INDEX comments_by_parent ON comments (parent_id, id);

-- What was deleted before it came: it is not to come any more.
CREATE TABLE gone (
    uri TEXT PRIMARY KEY NOT NULL,
    gone_at BIGINT NOT NULL
) WITHOUT ROWID;
CREATE INDEX gone_by_time ON gone (gone_at);

-- Who on other servers hears of what.
CREATE TABLE follows (
    -- 0 a board's threads, 1 all of a board, 2 a thread, 3 a person
    followed SMALLINT NOT NULL,
    followed_id BIGINT NOT NULL,
    actor_id BIGINT NOT NULL REFERENCES actors (id),
    -- The id of the Follow.
    uri TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (followed, followed_id, actor_id)
) WITHOUT ROWID;
CREATE INDEX follows_by_actor ON follows (actor_id, followed, followed_id);

-- What has come: stored before it is answered, worked off by lease, kept with the reason where it failed.
CREATE TABLE inbox (
    id INTEGER PRIMARY KEY NOT NULL,
    -- The activity's id.
    uri TEXT NOT NULL,
    actor TEXT NOT NULL,
    host TEXT NOT NULL,
    kind TEXT NOT NULL,
    -- As received; empty once nothing more is to be done with it.
    body TEXT NOT NULL,
    -- 0 waiting, 1 to be tried again, 2 done, 3 ignored, 4 refused, 5 failed
    state SMALLINT NOT NULL,
    reason TEXT NOT NULL,
    -- In which order what waits is worked off: by turns of the hosts.
    turn BIGINT NOT NULL,
    next_at BIGINT NOT NULL,
    leased_until BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    received_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX inbox_by_uri ON inbox (uri);
CREATE INDEX inbox_by_turn ON inbox (state, turn, id);
CREATE INDEX inbox_by_next ON inbox (state, next_at, id);
CREATE INDEX inbox_by_host ON inbox (host, state, turn);
CREATE INDEX inbox_by_state ON inbox (state, id);

-- What we have said, once, whoever it goes to.
CREATE TABLE activities (
    id INTEGER PRIMARY KEY NOT NULL,
    -- As sent.
    body TEXT NOT NULL,
    -- In whose name: what `keys` calls a holder.
    signer SMALLINT NOT NULL,
    signer_id BIGINT NOT NULL,
    -- The id of the signer's key as others know it.
    key_id TEXT NOT NULL,
    -- Whether whoever asks for it by its id is given it: not a Follow, not a Flag.
    public BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX activities_by_time ON activities (created_at);

-- To whom it is still to be brought.
CREATE TABLE deliveries (
    id INTEGER PRIMARY KEY NOT NULL,
    activity_id BIGINT NOT NULL REFERENCES activities (id),
    host TEXT NOT NULL,
    inbox TEXT NOT NULL,
    -- 0 waiting, 1 given up, 2 skipped
    state SMALLINT NOT NULL,
    attempts BIGINT NOT NULL,
    error TEXT NOT NULL
);
CREATE INDEX deliveries_by_host ON deliveries (state, host, id);
CREATE INDEX deliveries_by_activity ON deliveries (activity_id);

-- Other servers.
CREATE TABLE peers (
    host TEXT PRIMARY KEY NOT NULL,
    -- What it says it runs; empty until asked.
    software TEXT NOT NULL,
    version TEXT NOT NULL,
    -- 0 plain, 1 understands what groups pass on (FEP-1b12)
    dialect SMALLINT NOT NULL,
    -- 0 open, 1 paused by an administrator, 2 asleep
    state SMALLINT NOT NULL,
    asked_at BIGINT NOT NULL,
    heard_at BIGINT NOT NULL,
    reached_at BIGINT NOT NULL,
    -- Since when nothing could be brought there; NULL: the last time it could.
    failing_since BIGINT,
    failures BIGINT NOT NULL,
    next_at BIGINT NOT NULL,
    leased_until BIGINT NOT NULL,
    error TEXT NOT NULL
) WITHOUT ROWID;
