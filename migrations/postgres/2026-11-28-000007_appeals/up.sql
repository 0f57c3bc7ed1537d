-- What somebody is told of: 0 a comment that answers or mentions them, or was not allowed; 1 removed, 2 restored, 3 reports resolved,
-- 4 reports dismissed, 5 appeal upheld, 6 appeal overturned.
ALTER TABLE notifications ADD COLUMN kind SMALLINT NOT NULL DEFAULT 0;
-- The entry of the moderation log that says why. What is told of is never deleted from there: a reference would only have each deletion look.
ALTER TABLE notifications ADD COLUMN entry_id BIGINT;
DROP INDEX notifications_once;
CREATE UNIQUE INDEX notifications_once ON notifications (account_id, comment_id) WHERE kind = 0;

-- As what somebody did it, as it was then; NULL: on another server.
ALTER TABLE moderation_log ADD COLUMN role SMALLINT;
UPDATE moderation_log SET role = (SELECT role FROM accounts WHERE accounts.actor_id = moderation_log.moderator_id);
CREATE INDEX moderation_log_by_deed ON moderation_log (deed, id);
CREATE INDEX moderation_log_by_moderator ON moderation_log (moderator_id, id);

-- What authors say against the removal of their comments.
CREATE TABLE appeals (
    id BIGINT PRIMARY KEY NOT NULL,
    comment_id BIGINT NOT NULL REFERENCES comments (id),
    -- The removal.
    entry_id BIGINT NOT NULL REFERENCES moderation_log (id),
    author_id BIGINT NOT NULL REFERENCES actors (id),
    text TEXT NOT NULL,
    -- 0 open, 1 upheld: it stays removed, 2 overturned
    state SMALLINT NOT NULL,
    -- What was decided about the appeal.
    outcome_id BIGINT REFERENCES moderation_log (id),
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX appeals_once ON appeals (entry_id);
CREATE INDEX appeals_by_outcome ON appeals (outcome_id);
CREATE INDEX appeals_by_state ON appeals (state, id);
CREATE INDEX appeals_by_author ON appeals (author_id, id);
CREATE INDEX appeals_by_comment ON appeals (comment_id, id);

-- How often something was done in a month.
CREATE TABLE figures (
    -- Months since January of the year 0, UTC.
    month BIGINT NOT NULL,
    -- As in crates/domain/src/figure.rs.
    figure SMALLINT NOT NULL,
    -- Of reports that were decided: after how many whole hours. Of everything else 0.
    hours BIGINT NOT NULL,
    count BIGINT NOT NULL,
    PRIMARY KEY (month, figure, hours)
);
INSERT INTO figures (month, figure, hours, count)
    SELECT CAST(EXTRACT(YEAR FROM to_timestamp(created_at / 1000) AT TIME ZONE 'UTC') * 12 + EXTRACT(MONTH FROM to_timestamp(created_at / 1000) AT TIME ZONE 'UTC') - 1 AS BIGINT) AS month, CASE deed WHEN 0 THEN 0 WHEN 1 THEN 1 WHEN 36 THEN 2 ELSE 30 END AS figure, 0, COUNT(*)
    FROM moderation_log WHERE deed IN (0, 1, 30, 31, 32, 33, 34, 35, 36) GROUP BY 1, 2;
INSERT INTO figures (month, figure, hours, count)
    SELECT CAST(EXTRACT(YEAR FROM to_timestamp(created_at / 1000) AT TIME ZONE 'UTC') * 12 + EXTRACT(MONTH FROM to_timestamp(created_at / 1000) AT TIME ZONE 'UTC') - 1 AS BIGINT) AS month, 10, 0, COUNT(*) FROM reports GROUP BY 1;

-- The server from which a report came; empty for one of somebody here.
ALTER TABLE reports ADD COLUMN host TEXT NOT NULL DEFAULT '';
UPDATE reports SET host = (SELECT host FROM actors WHERE actors.id = reports.reporter_id);
-- What a report from there is called there.
ALTER TABLE reports ADD COLUMN flag TEXT;
CREATE INDEX reports_by_reporter ON reports (reporter_id, created_at);
CREATE INDEX reports_by_host ON reports (host, created_at);

-- When the home of a comment was told that it is reported here.
ALTER TABLE cases ADD COLUMN forwarded_at BIGINT;
