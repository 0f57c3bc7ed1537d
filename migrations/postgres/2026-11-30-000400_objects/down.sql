DROP INDEX objects_by_uri;
ALTER TABLE objects DROP CONSTRAINT objects_pkey;
ALTER TABLE objects ADD PRIMARY KEY (uri);
CREATE UNIQUE INDEX objects_by_comment ON objects (comment_id);
