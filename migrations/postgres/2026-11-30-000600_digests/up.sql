-- As in the embedded database: the first 16 bytes of the SHA-256. The table is written once, and no index that is not needed any more.
DROP INDEX objects_by_uri;
ALTER TABLE objects ADD COLUMN digest BYTEA;
ALTER TABLE objects
    ALTER COLUMN digest TYPE BYTEA USING substring(sha256(convert_to(uri, 'UTF8')) FROM 1 FOR 16),
    ALTER COLUMN digest SET NOT NULL;
CREATE UNIQUE INDEX objects_by_digest ON objects (digest);
