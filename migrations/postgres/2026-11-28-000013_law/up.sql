-- What somebody tells to be against the law, whoever they are.
CREATE TABLE notices (
    id BIGINT PRIMARY KEY NOT NULL,
    -- SHA-256 of the secret in the address of its receipt.
    secret_hash BYTEA NOT NULL,
    -- As in crates/domain/src/notice.rs.
    category SMALLINT NOT NULL,
    explanation TEXT NOT NULL,
    -- Who tells it; may be empty. Nobody sees it but those who decide.
    name TEXT NOT NULL,
    email TEXT NOT NULL,
    -- 0 open, 1 removed, 2 partly removed, 3 kept
    state SMALLINT NOT NULL,
    -- Why it was decided so, for whoever told it; empty until then.
    reason TEXT NOT NULL,
    -- Whether a program decided.
    automated BOOLEAN NOT NULL,
    decided_at BIGINT,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX notices_secret ON notices (secret_hash);
CREATE INDEX notices_by_state ON notices (state, id);
CREATE INDEX notices_by_decision ON notices (decided_at);

-- What a notice is about.
CREATE TABLE notice_targets (
    notice_id BIGINT NOT NULL REFERENCES notices (id),
    place SMALLINT NOT NULL,
    -- As whoever told it wrote it.
    address TEXT NOT NULL,
    -- NULL: somebody's page, or a board's.
    comment_id BIGINT REFERENCES comments (id),
    PRIMARY KEY (notice_id, place)
);
CREATE INDEX notice_targets_by_comment ON notice_targets (comment_id);

-- What an author is told when a comment was taken down as against the law.
CREATE TABLE statements (
    -- The removal.
    entry_id BIGINT PRIMARY KEY NOT NULL REFERENCES moderation_log (id),
    comment_id BIGINT NOT NULL REFERENCES comments (id),
    -- What it is about, and why that is against the law or the rules.
    facts TEXT NOT NULL,
    -- 0 the law, 1 the rules of the place
    ground SMALLINT NOT NULL,
    -- Which law, or which rule.
    provision TEXT NOT NULL,
    -- Whether somebody had told of it; not who.
    on_notice BOOLEAN NOT NULL,
    -- Whether a program decided.
    automated BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX statements_by_comment ON statements (comment_id, entry_id);

-- Copies of what was taken down as against the law. They refer to nothing, so that they stay whatever becomes of what they were made of.
CREATE TABLE preserved (
    id BIGINT PRIMARY KEY NOT NULL,
    comment_id BIGINT NOT NULL,
    thread_id BIGINT NOT NULL,
    -- The handle of its author, as it was.
    author TEXT NOT NULL,
    -- Its id as other servers know it.
    address TEXT NOT NULL,
    -- Title and link, of what begins a thread.
    title TEXT,
    url TEXT,
    source TEXT NOT NULL,
    html TEXT NOT NULL,
    published_at BIGINT NOT NULL,
    edited_at BIGINT,
    -- Why it is kept.
    reason TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    -- When it is deleted.
    until_at BIGINT NOT NULL
);
CREATE INDEX preserved_by_comment ON preserved (comment_id, id);
CREATE INDEX preserved_by_end ON preserved (until_at);

-- What it said before it was changed, the newest first.
CREATE TABLE preserved_editions (
    preserved_id BIGINT NOT NULL REFERENCES preserved (id),
    place BIGINT NOT NULL,
    source TEXT NOT NULL,
    html TEXT NOT NULL,
    replaced_at BIGINT NOT NULL,
    PRIMARY KEY (preserved_id, place)
);
