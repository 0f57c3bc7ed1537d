-- What authors want to be asked for before it is done with their comments (GoToSocial's interaction policies): who may, what was asked,
-- what was allowed, there and here.

-- Comments whose authors do not let everybody like them. A comment without a row may be liked by all.
CREATE TABLE liking (
    comment_id INTEGER PRIMARY KEY NOT NULL REFERENCES comments (id),
    -- Ids, one on each line, of those who may.
    automatic TEXT NOT NULL,
    -- Of those who may once the author has agreed.
    manual TEXT NOT NULL
);

-- Answers for which the author of what they answer, on another server, has to be asked. One of ours is held until that has been allowed;
-- one from elsewhere is here only because it has.
CREATE TABLE approvals (
    comment_id INTEGER PRIMARY KEY NOT NULL REFERENCES comments (id),
    -- Whose permission it is.
    author_id BIGINT NOT NULL REFERENCES actors (id),
    -- 0 asked, 1 allowed, 2 refused, 3 taken back
    stage SMALLINT NOT NULL,
    -- The number of our request; NULL: it was not ours to ask.
    request BIGINT,
    -- Where it can be read that it is allowed.
    stamp TEXT
);
CREATE UNIQUE INDEX approvals_by_request ON approvals (request);
CREATE INDEX approvals_by_stamp ON approvals (stamp);

-- Likes of people here for which they have asked. What is answered, or taken back, has no row.
CREATE TABLE wishes (
    comment_id BIGINT NOT NULL REFERENCES comments (id),
    actor_id BIGINT NOT NULL REFERENCES actors (id),
    -- The number of the request.
    request BIGINT NOT NULL,
    asked_at BIGINT NOT NULL,
    PRIMARY KEY (comment_id, actor_id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX wishes_by_request ON wishes (request);
-- A page shows its reader what they have asked for.
CREATE INDEX wishes_by_actor ON wishes (actor_id, comment_id);

-- What was allowed here to people elsewhere who asked.
CREATE TABLE permissions (
    -- The number in its id.
    id INTEGER PRIMARY KEY NOT NULL,
    -- 0 to answer, 1 to like
    deed SMALLINT NOT NULL,
    -- With which comment.
    comment_id BIGINT NOT NULL REFERENCES comments (id),
    -- Whom.
    actor_id BIGINT NOT NULL REFERENCES actors (id),
    -- The id of the answer, or of the like.
    object TEXT NOT NULL,
    granted_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX permissions_once ON permissions (comment_id, object);
