DROP INDEX moderation_log_by_person;
DELETE FROM moderation_log WHERE deed BETWEEN 70 AND 79;
DROP TABLE warnings;
DROP TABLE actor_notes;
DROP TABLE swept;
DROP TABLE sanctions;
