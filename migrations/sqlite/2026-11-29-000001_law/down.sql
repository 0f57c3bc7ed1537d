ALTER TABLE preserved DROP COLUMN left_out;
DROP INDEX reports_by_decision;
ALTER TABLE reports DROP COLUMN decided_at;
DELETE FROM moderation_log WHERE deed IN (115, 116);
ALTER TABLE notice_targets DROP COLUMN taken_down;
DROP INDEX notice_targets_by_actor;
ALTER TABLE notice_targets DROP COLUMN actor_id;
