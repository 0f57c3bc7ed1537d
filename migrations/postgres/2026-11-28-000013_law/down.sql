DROP TABLE preserved_editions;
DROP TABLE preserved;
DROP TABLE statements;
DROP TABLE notice_targets;
DROP TABLE notices;
DELETE FROM figures WHERE figure IN (40, 41, 42, 43);
DELETE FROM moderation_log WHERE deed IN (110, 111, 112, 113, 114);
