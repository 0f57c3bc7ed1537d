-- By comment, as in the embedded database.
ALTER TABLE objects DROP CONSTRAINT objects_pkey;
DROP INDEX objects_by_comment;
ALTER TABLE objects ADD PRIMARY KEY (comment_id);
CREATE UNIQUE INDEX objects_by_uri ON objects (uri);
