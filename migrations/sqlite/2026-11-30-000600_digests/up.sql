-- Comments from elsewhere are looked for by a digest of their id there: an entry of the index has 25 bytes in place of some seventy, so that it
-- stays in memory. `id_digest` is the program's: the first 16 bytes of the SHA-256.
CREATE TABLE objects_by_digest (
    uri TEXT NOT NULL,
    comment_id INTEGER PRIMARY KEY NOT NULL REFERENCES comments (id),
    -- The address of its page.
    url TEXT,
    -- When its home last changed it, as its home says.
    updated_at BIGINT NOT NULL,
    -- Whether it may be made known to others: not what was published quietly.
    announced BOOLEAN NOT NULL,
    digest BLOB NOT NULL
);
INSERT INTO objects_by_digest SELECT uri, comment_id, url, updated_at, announced, id_digest(uri) FROM objects ORDER BY comment_id;
DROP TABLE objects;
ALTER TABLE objects_by_digest RENAME TO objects;
CREATE UNIQUE INDEX objects_by_digest ON objects (digest);
