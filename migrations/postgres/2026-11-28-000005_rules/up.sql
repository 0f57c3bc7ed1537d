-- Comments that are known to nobody because a moderator is to look at them first, and why.
CREATE TABLE holds (
    comment_id BIGINT PRIMARY KEY NOT NULL REFERENCES comments (id),
    -- 0 waits, 1 rejected: stays out of sight
    stage SMALLINT NOT NULL,
    -- 0 everything from its server waits, 1 a rule
    cause SMALLINT NOT NULL,
    -- The name of the rule; empty for none.
    rule TEXT NOT NULL,
    -- The host of its author; empty for people here.
    host TEXT NOT NULL,
    held_at BIGINT NOT NULL,
    -- What its author's server has asked and waits to be answered (a ReplyRequest); NULL: nothing.
    request TEXT
);
CREATE INDEX holds_by_stage ON holds (stage, comment_id);
CREATE INDEX holds_by_host ON holds (host, stage);
-- What waited until now: not for an author elsewhere, not hidden with its server, and not taken back.
INSERT INTO holds (comment_id, stage, cause, rule, host, held_at)
    SELECT comments.id, 0, 0, '', actors.host, comments.published_at
    FROM comments JOIN actors ON actors.id = comments.author_id
    WHERE comments.state = 2 AND actors.host <> ''
        AND (comments.parent_id IS NULL OR EXISTS (SELECT 1 FROM texts WHERE texts.comment_id = comments.id))
        AND NOT EXISTS (SELECT 1 FROM approvals WHERE approvals.comment_id = comments.id AND approvals.stage <> 1)
        AND NOT EXISTS (SELECT 1 FROM hidden WHERE hidden.comment_id = comments.id);

-- Rules that matched a comment without holding it.
CREATE TABLE marks (
    comment_id BIGINT NOT NULL REFERENCES comments (id),
    rule TEXT NOT NULL,
    -- 0 notify, 1 tag, 2 limit
    effect SMALLINT NOT NULL,
    marked_at BIGINT NOT NULL,
    PRIMARY KEY (comment_id, rule)
);

-- What was written lately, while a rule asks how often something was. The upper bits of a comment's number say when.
CREATE TABLE traces (
    comment_id BIGINT PRIMARY KEY NOT NULL REFERENCES comments (id),
    author_id BIGINT NOT NULL REFERENCES actors (id),
    host TEXT NOT NULL,
    board_id BIGINT NOT NULL REFERENCES boards (id),
    -- What the text says, as a number; NULL: too little to be a repetition.
    text BIGINT
);
CREATE INDEX traces_by_author ON traces (author_id, comment_id);
CREATE INDEX traces_by_host ON traces (host, comment_id);
CREATE INDEX traces_by_board ON traces (board_id, comment_id);
CREATE INDEX traces_by_text ON traces (text, host, comment_id);
