-- As in the embedded database: the first 16 bytes of the SHA-256.
ALTER TABLE objects ADD COLUMN digest BYTEA;
UPDATE objects SET digest = substring(sha256(convert_to(uri, 'UTF8')) FROM 1 FOR 16);
ALTER TABLE objects ALTER COLUMN digest SET NOT NULL;
DROP INDEX objects_by_uri;
CREATE UNIQUE INDEX objects_by_digest ON objects (digest);
