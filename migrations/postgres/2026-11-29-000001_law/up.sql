-- Who wrote it, or whose page it is: nobody decides about their own where somebody else can. NULL: a board's page.
ALTER TABLE notice_targets ADD COLUMN actor_id BIGINT REFERENCES actors (id);
UPDATE notice_targets SET actor_id = (SELECT author_id FROM comments WHERE comments.id = notice_targets.comment_id);
CREATE INDEX notice_targets_by_actor ON notice_targets (actor_id);
-- Whether the decision took it down; what became of it later changes nothing here.
ALTER TABLE notice_targets ADD COLUMN taken_down BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE notice_targets SET taken_down = TRUE WHERE comment_id IS NOT NULL AND (
    notice_id IN (SELECT id FROM notices WHERE state = 1)
    OR (notice_id IN (SELECT id FROM notices WHERE state = 2)
        AND comment_id IN (SELECT comment_id FROM statements WHERE on_notice))
);

-- When it was decided: from then on it is kept for its time. Of those from before the log knows, or else when they came.
ALTER TABLE reports ADD COLUMN decided_at BIGINT;
UPDATE reports SET decided_at = COALESCE(
    (SELECT max(created_at) FROM moderation_log WHERE moderation_log.comment_id = reports.comment_id AND deed IN (6, 7)),
    created_at
) WHERE state <> 0;
CREATE INDEX reports_by_decision ON reports (decided_at);

-- How many of the oldest versions a copy leaves out.
ALTER TABLE preserved ADD COLUMN left_out BIGINT NOT NULL DEFAULT 0;
