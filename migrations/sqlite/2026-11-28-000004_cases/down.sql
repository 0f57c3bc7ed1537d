DELETE FROM moderation_log WHERE deed IN (6, 7);
DROP TABLE notes;
DROP TABLE cases;
