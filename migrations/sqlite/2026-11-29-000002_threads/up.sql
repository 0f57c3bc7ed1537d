-- Comments whose announcement was taken back: they are announced again under another id, for servers that take nothing twice.
CREATE TABLE announcements (
    comment_id INTEGER PRIMARY KEY NOT NULL REFERENCES comments (id),
    -- How often.
    taken_back BIGINT NOT NULL
);
