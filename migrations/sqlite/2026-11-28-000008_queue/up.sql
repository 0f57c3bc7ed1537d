-- What was taken down lately, and how often something was done.
CREATE INDEX moderation_log_by_deed ON moderation_log (deed, id);
