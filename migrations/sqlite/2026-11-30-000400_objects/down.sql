CREATE TABLE objects_of_before (
    uri TEXT PRIMARY KEY NOT NULL,
    comment_id BIGINT NOT NULL REFERENCES comments (id),
    -- The address of its page.
    url TEXT,
    -- When its home last changed it, as its home says.
    updated_at BIGINT NOT NULL,
    -- Whether it may be made known to others: not what was published quietly.
    announced BOOLEAN NOT NULL
) WITHOUT ROWID;
INSERT INTO objects_of_before SELECT uri, comment_id, url, updated_at, announced FROM objects ORDER BY uri;
DROP TABLE objects;
ALTER TABLE objects_of_before RENAME TO objects;
CREATE UNIQUE INDEX objects_by_comment ON objects (comment_id);
