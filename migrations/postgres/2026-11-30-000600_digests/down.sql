DROP INDEX objects_by_digest;
ALTER TABLE objects DROP COLUMN digest;
CREATE UNIQUE INDEX objects_by_uri ON objects (uri);
