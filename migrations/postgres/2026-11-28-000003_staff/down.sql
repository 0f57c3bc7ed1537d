ALTER TABLE moderation_log DROP COLUMN person;
DROP TABLE account_boards;
ALTER TABLE accounts DROP COLUMN reach;
