DELETE FROM moderation_log WHERE deed IN (124);
ALTER TABLE holds DROP COLUMN assigned_to;
