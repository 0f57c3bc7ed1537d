DELETE FROM moderation_log WHERE moderator_id IS NULL OR deed BETWEEN 150 AND 159;
-- SQLite cannot take back that the column may be empty; nothing in it is.
