-- By comment: those come in order, and each is added at the end. Their ids elsewhere come in none, and only the index goes by them.
CREATE TABLE objects_by_number (
    uri TEXT NOT NULL,
    comment_id INTEGER PRIMARY KEY NOT NULL REFERENCES comments (id),
    -- The address of its page.
    url TEXT,
    -- When its home last changed it, as its home says.
    updated_at BIGINT NOT NULL,
    -- Whether it may be made known to others: not what was published quietly.
    announced BOOLEAN NOT NULL
);
INSERT INTO objects_by_number SELECT uri, comment_id, url, updated_at, announced FROM objects ORDER BY comment_id;
DROP TABLE objects;
ALTER TABLE objects_by_number RENAME TO objects;
CREATE UNIQUE INDEX objects_by_uri ON objects (uri);
