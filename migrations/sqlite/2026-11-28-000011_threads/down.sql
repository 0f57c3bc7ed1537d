DELETE FROM moderation_log WHERE deed IN (100, 101, 102, 103, 104, 105);
ALTER TABLE comments DROP COLUMN sensitive;
ALTER TABLE boards DROP COLUMN slow;
ALTER TABLE threads DROP COLUMN slow;
DROP TABLE splits;
