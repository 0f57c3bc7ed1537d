DELETE FROM moderation_log WHERE moderator_id IS NULL OR deed BETWEEN 150 AND 159;
ALTER TABLE moderation_log ALTER COLUMN moderator_id SET NOT NULL;
