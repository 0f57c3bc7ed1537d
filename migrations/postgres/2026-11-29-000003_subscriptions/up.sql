-- Lists of servers that somebody else keeps, and that are looked at again and again.
CREATE TABLE blocklists (
    id BIGINT PRIMARY KEY NOT NULL,
    url TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    -- What the server calls the edition that is here; empty where it does not say.
    etag TEXT NOT NULL,
    modified TEXT NOT NULL,
    -- When it was last had, changed or not; 0: never.
    fetched_at BIGINT NOT NULL,
    next_at BIGINT NOT NULL,
    failures BIGINT NOT NULL,
    error TEXT NOT NULL,
    -- What is suspicious about what has changed: 0 nothing, 1 all is gone, 2 more than half is otherwise.
    alarm SMALLINT NOT NULL,
    -- How many lines wait for somebody to decide, as of the last time that was counted.
    waiting BIGINT NOT NULL,
    -- Lines that are no entries, one on each line: number, text and reason, with tabs between.
    unread TEXT NOT NULL
);

-- What each of them says of a host, and what was decided about that.
CREATE TABLE blocklist_lines (
    blocklist_id BIGINT NOT NULL REFERENCES blocklists (id) ON DELETE CASCADE,
    host TEXT NOT NULL,
    -- 0: nothing any more; else 1 + 2 * level, and 1 more if those below the host are meant, too.
    says SMALLINT NOT NULL,
    reason TEXT NOT NULL,
    -- What it said when somebody refused it; NULL: nobody has.
    refused SMALLINT,
    -- The moment of the decision that was made because of it; NULL: there is none.
    applied_at BIGINT,
    PRIMARY KEY (blocklist_id, host)
);
CREATE INDEX blocklist_lines_by_host ON blocklist_lines (host);
