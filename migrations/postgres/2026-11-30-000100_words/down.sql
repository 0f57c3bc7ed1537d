DELETE FROM appeals WHERE warning_id IS NOT NULL;
ALTER TABLE appeals DROP COLUMN warning_id;
ALTER TABLE appeals ALTER COLUMN entry_id SET NOT NULL;
ALTER TABLE appeals ALTER COLUMN comment_id SET NOT NULL;
DELETE FROM warnings WHERE kind <> 0;
DROP INDEX warnings_by_sanction;
ALTER TABLE warnings DROP COLUMN sanction_id;
ALTER TABLE warnings DROP COLUMN kind;
