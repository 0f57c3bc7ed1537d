DELETE FROM moderation_log WHERE deed IN (60, 61);
DROP TABLE traces;
DROP TABLE marks;
DROP TABLE holds;
