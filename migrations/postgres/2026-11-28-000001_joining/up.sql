-- Who wants to join, whom an administrator has not decided about yet. Nobody of them is an actor: their names lead nowhere, here or
-- from other servers, until they are let in.
CREATE TABLE applications (
    id BIGINT PRIMARY KEY NOT NULL,
    name TEXT NOT NULL,
    -- The name in small letters: it is kept for them.
    name_key TEXT NOT NULL,
    -- PHC string (argon2id); empty when they were not let in.
    password TEXT NOT NULL,
    -- What they answered; empty when they were not let in.
    answer TEXT NOT NULL,
    -- 0 waiting, 1 turned away
    state SMALLINT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX applications_by_name ON applications (name_key);
CREATE INDEX applications_by_state ON applications (state, id);

-- Codes with which somebody may join.
CREATE TABLE invitations (
    id BIGINT PRIMARY KEY NOT NULL,
    -- SHA-256 of the code.
    code_hash BYTEA NOT NULL,
    -- Who made it; NULL: whoever has the machine.
    inviter_id BIGINT REFERENCES actors (id),
    -- How many may still join with it.
    uses_left BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX invitations_by_code ON invitations (code_hash);
CREATE INDEX invitations_by_end ON invitations (expires_at);

-- Who invited whom; kept when the invitation is not. Who came by themselves, or was invited from the machine, has no row.
CREATE TABLE invited (
    account_id BIGINT PRIMARY KEY NOT NULL REFERENCES accounts (id),
    inviter_id BIGINT NOT NULL REFERENCES actors (id)
);

-- The second factor of an account.
CREATE TABLE second_factors (
    account_id BIGINT PRIMARY KEY NOT NULL REFERENCES accounts (id),
    -- What the authenticator knows as well (RFC 6238): no digest of it would do.
    secret BYTEA NOT NULL,
    -- 0 pending, 1 on
    state SMALLINT NOT NULL,
    -- The last step whose code was used.
    last_step BIGINT NOT NULL
);

-- Codes for whoever has lost their authenticator. One that was used has no row.
CREATE TABLE recovery_codes (
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    -- SHA-256 of the code.
    code_hash BYTEA NOT NULL,
    PRIMARY KEY (account_id, code_hash)
);
