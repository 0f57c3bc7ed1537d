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
