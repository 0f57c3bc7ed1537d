-- Who has a role on some boards, or helps, would have more than that.
UPDATE accounts SET role = 0 WHERE role = 3 OR reach = 1;
DELETE FROM moderation_log WHERE deed IN (50, 51, 52, 53);
ALTER TABLE moderation_log DROP COLUMN person;
DROP TABLE account_boards;
ALTER TABLE accounts DROP COLUMN reach;
