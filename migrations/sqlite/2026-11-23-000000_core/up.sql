-- Ids and times are 64-bit numbers (times: Unix milliseconds); small sets are numbers named in crates/domain/src/state.rs.

-- Facts about the instance itself: its name, its rules, the hash of the set-up link, its epoch.
CREATE TABLE settings (
    key TEXT PRIMARY KEY NOT NULL,
    value TEXT NOT NULL
);

CREATE TABLE actors (
    id INTEGER PRIMARY KEY NOT NULL,
    origin SMALLINT NOT NULL,
    -- Empty for local actors; the other server's host, or the site an imported name came from.
    host TEXT NOT NULL,
    name TEXT NOT NULL,
    -- The name as compared: lower case where case does not matter.
    name_key TEXT NOT NULL,
    about TEXT NOT NULL,
    about_html TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX actors_by_name ON actors (host, name_key, origin);

CREATE TABLE accounts (
    id INTEGER PRIMARY KEY NOT NULL,
    actor_id BIGINT NOT NULL REFERENCES actors (id),
    -- PHC string of argon2id; NULL: cannot log in by password.
    password TEXT,
    role SMALLINT NOT NULL,
    email TEXT,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX accounts_by_actor ON accounts (actor_id);
CREATE INDEX accounts_by_role ON accounts (role, id);

-- Logins of browsers and tokens of programs; the secret itself is never stored, only its SHA-256.
CREATE TABLE credentials (
    id INTEGER PRIMARY KEY NOT NULL,
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    -- 0 session, 1 token
    kind SMALLINT NOT NULL,
    secret_hash BLOB NOT NULL,
    scope SMALLINT NOT NULL,
    label TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX credentials_by_secret ON credentials (secret_hash);
CREATE INDEX credentials_by_account ON credentials (account_id, id);
CREATE INDEX credentials_by_expiry ON credentials (expires_at);

CREATE TABLE boards (
    id INTEGER PRIMARY KEY NOT NULL,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    title TEXT NOT NULL,
    about TEXT NOT NULL,
    about_html TEXT NOT NULL,
    rules TEXT NOT NULL,
    rules_html TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX boards_by_name ON boards (name_key);

CREATE TABLE threads (
    -- The id of the root comment.
    id INTEGER PRIMARY KEY NOT NULL,
    board_id BIGINT NOT NULL REFERENCES boards (id),
    title TEXT NOT NULL,
    url TEXT,
    published_at BIGINT NOT NULL,
    -- Whether lists show it.
    listed BOOLEAN NOT NULL,
    locked BOOLEAN NOT NULL,
    pinned BOOLEAN NOT NULL,
    -- Comments that stand in the tree, without the root.
    comments BIGINT NOT NULL,
    active_at BIGINT NOT NULL,
    -- Ranks of the root, see crates/domain/src/rank.rs.
    score BIGINT NOT NULL,
    hot BIGINT NOT NULL,
    best BIGINT NOT NULL,
    -- Grows with every change that a reader of the thread can see.
    version BIGINT NOT NULL
);
CREATE INDEX threads_hot ON threads (listed, hot, id);
CREATE INDEX threads_new ON threads (listed, published_at, id);
CREATE INDEX threads_top ON threads (listed, score, id);
CREATE INDEX threads_best ON threads (listed, best, id);
CREATE INDEX threads_active ON threads (listed, active_at, id);
CREATE INDEX threads_board_hot ON threads (board_id, listed, hot, id);
CREATE INDEX threads_board_new ON threads (board_id, listed, published_at, id);
CREATE INDEX threads_board_top ON threads (board_id, listed, score, id);
CREATE INDEX threads_board_best ON threads (board_id, listed, best, id);
CREATE INDEX threads_board_active ON threads (board_id, listed, active_at, id);
CREATE INDEX threads_pinned ON threads (board_id, id) WHERE pinned;

-- Title and link of a thread whose root was removed, in case it is restored. Nothing that is shown reads this table.
CREATE TABLE withheld (
    thread_id INTEGER PRIMARY KEY NOT NULL REFERENCES threads (id),
    title TEXT NOT NULL,
    url TEXT
);

CREATE TABLE comments (
    id INTEGER PRIMARY KEY NOT NULL,
    thread_id BIGINT NOT NULL REFERENCES threads (id),
    -- NULL for the root only. Deferrable for a restore, which copies a parent and its answers in any order.
    parent_id BIGINT REFERENCES comments (id) DEFERRABLE INITIALLY IMMEDIATE,
    author_id BIGINT NOT NULL REFERENCES actors (id),
    -- The root is at 0.
    depth BIGINT NOT NULL,
    state SMALLINT NOT NULL,
    published_at BIGINT NOT NULL,
    edited_at BIGINT,
    ups BIGINT NOT NULL,
    downs BIGINT NOT NULL,
    best BIGINT NOT NULL
);
CREATE INDEX comments_by_thread ON comments (thread_id, id);
CREATE INDEX comments_by_author ON comments (author_id, id);
CREATE INDEX comments_by_state ON comments (state, id);

-- The words of a comment, apart from it so that a tree is read and a vote is counted without them. A tombstone has no row here.
CREATE TABLE texts (
    comment_id INTEGER PRIMARY KEY NOT NULL REFERENCES comments (id),
    -- As written (Markdown).
    source TEXT NOT NULL,
    -- As rendered and sanitised, once.
    html TEXT NOT NULL
);

CREATE TABLE revisions (
    id INTEGER PRIMARY KEY NOT NULL,
    comment_id BIGINT NOT NULL REFERENCES comments (id),
    source TEXT NOT NULL,
    html TEXT NOT NULL,
    -- When these words were replaced by later ones.
    replaced_at BIGINT NOT NULL
);
CREATE INDEX revisions_by_comment ON revisions (comment_id, id);

CREATE TABLE votes (
    comment_id BIGINT NOT NULL REFERENCES comments (id),
    actor_id BIGINT NOT NULL REFERENCES actors (id),
    -- The comment's, so that a reader's own votes in a thread are one stretch of an index.
    thread_id BIGINT NOT NULL REFERENCES threads (id),
    -- 1 or -1
    value SMALLINT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (comment_id, actor_id)
) WITHOUT ROWID;
CREATE INDEX votes_by_actor ON votes (actor_id, thread_id, comment_id, value);

CREATE TABLE reports (
    id INTEGER PRIMARY KEY NOT NULL,
    comment_id BIGINT NOT NULL REFERENCES comments (id),
    reporter_id BIGINT NOT NULL REFERENCES actors (id),
    category SMALLINT NOT NULL,
    text TEXT NOT NULL,
    state SMALLINT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX reports_once ON reports (comment_id, reporter_id);
CREATE INDEX reports_by_state ON reports (state, id);

CREATE TABLE moderation_log (
    id INTEGER PRIMARY KEY NOT NULL,
    moderator_id BIGINT NOT NULL REFERENCES actors (id),
    deed SMALLINT NOT NULL,
    comment_id BIGINT REFERENCES comments (id),
    reason TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX moderation_log_by_comment ON moderation_log (comment_id, id);

-- What those who watch a thread live are told, and can be told again after a lost connection.
CREATE TABLE events (
    thread_id BIGINT NOT NULL REFERENCES threads (id),
    -- The thread's version that this change made.
    version BIGINT NOT NULL,
    kind SMALLINT NOT NULL,
    comment_id BIGINT NOT NULL REFERENCES comments (id),
    created_at BIGINT NOT NULL,
    PRIMARY KEY (thread_id, version)
) WITHOUT ROWID;
CREATE INDEX events_by_time ON events (created_at);

-- Up to where an account had read a thread before this visit, has read it by now, and when it last looked: crates/domain/src/visit.rs.
CREATE TABLE visits (
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    thread_id BIGINT NOT NULL REFERENCES threads (id),
    seen_at BIGINT NOT NULL,
    read_at BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, thread_id)
) WITHOUT ROWID;

CREATE TABLE notifications (
    id INTEGER PRIMARY KEY NOT NULL,
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    comment_id BIGINT NOT NULL REFERENCES comments (id),
    read_at BIGINT,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX notifications_once ON notifications (account_id, comment_id);
CREATE INDEX notifications_by_account ON notifications (account_id, id);
-- A page asks how many are unread; of those that were read there are many.
CREATE INDEX notifications_unread ON notifications (account_id, id) WHERE read_at IS NULL;

-- Where an imported comment came from, so that importing again adds nothing twice.
CREATE TABLE imports (
    source TEXT NOT NULL,
    item TEXT NOT NULL,
    comment_id BIGINT NOT NULL REFERENCES comments (id),
    PRIMARY KEY (source, item)
) WITHOUT ROWID;

-- Answers to requests that carried an Idempotency-Key, committed with what the request did.
CREATE TABLE idempotency (
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    key TEXT NOT NULL,
    -- SHA-256 of method, path and body.
    fingerprint BLOB NOT NULL,
    comment_id BIGINT NOT NULL REFERENCES comments (id),
    created_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, key)
) WITHOUT ROWID;
CREATE INDEX idempotency_by_time ON idempotency (created_at);

-- Work to do later, taken by lease: see crates/storage/src/jobs.rs.
CREATE TABLE jobs (
    id INTEGER PRIMARY KEY NOT NULL,
    kind TEXT NOT NULL,
    payload TEXT NOT NULL,
    next_at BIGINT NOT NULL,
    leased_until BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    last_error TEXT NOT NULL
);
CREATE INDEX jobs_due ON jobs (next_at, leased_until);
CREATE INDEX jobs_by_kind ON jobs (kind, id);

-- Full text: the one table that differs. Words come here folded and parted by spaces (crates/storage/src/search.rs), and neither
-- database may cut or fold them further: both are to find the same.
CREATE VIRTUAL TABLE comment_words USING fts5 (
    words, content = '', contentless_delete = 1, detail = none, tokenize = 'ascii'
);
