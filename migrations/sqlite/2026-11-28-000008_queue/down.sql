DROP INDEX moderation_log_by_deed;
