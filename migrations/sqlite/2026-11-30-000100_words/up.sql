-- What moderators say to somebody about themselves: 0 a warning, 1 something was decided against them, 2 it was lifted, 3 an appeal about
-- themselves was rejected, 4 one was granted.
ALTER TABLE warnings ADD COLUMN kind SMALLINT NOT NULL DEFAULT 0;
-- What was decided or lifted, where it is about that.
ALTER TABLE warnings ADD COLUMN sanction_id BIGINT REFERENCES sanctions (id);
CREATE INDEX warnings_by_sanction ON warnings (sanction_id) WHERE sanction_id IS NOT NULL;
-- Who was told of nothing until now is told. One sequence gives ids to both.
INSERT INTO warnings (id, actor_id, board_id, moderator_id, reason, created_at, read_at, kind, sanction_id)
    SELECT id, actor_id, board_id, moderator_id, reason, created_at, ended_at, 1, id FROM sanctions
    WHERE actor_id IN (SELECT actor_id FROM accounts);

-- Appeals are against what was done with a comment, or against what was decided about a person: one of both is named.
CREATE TABLE appeals_of_both (
    id INTEGER PRIMARY KEY NOT NULL,
    comment_id BIGINT REFERENCES comments (id),
    -- By which the comment was removed, or not let out.
    entry_id BIGINT REFERENCES moderation_log (id),
    author_id BIGINT NOT NULL REFERENCES actors (id),
    text TEXT NOT NULL,
    -- 0 open, 1 rejected: what was decided stays, 2 granted: it was undone
    state SMALLINT NOT NULL,
    -- What was decided about the appeal.
    outcome_id BIGINT REFERENCES moderation_log (id),
    created_at BIGINT NOT NULL,
    -- What was said to the person.
    warning_id BIGINT REFERENCES warnings (id)
);
INSERT INTO appeals_of_both SELECT id, comment_id, entry_id, author_id, text, state, outcome_id, created_at, NULL FROM appeals;
DROP TABLE appeals;
ALTER TABLE appeals_of_both RENAME TO appeals;
CREATE UNIQUE INDEX appeals_once ON appeals (entry_id);
CREATE UNIQUE INDEX appeals_once_about_a_person ON appeals (warning_id) WHERE warning_id IS NOT NULL;
CREATE INDEX appeals_by_outcome ON appeals (outcome_id);
CREATE INDEX appeals_by_state ON appeals (state, id);
CREATE INDEX appeals_by_author ON appeals (author_id, id);
CREATE INDEX appeals_by_comment ON appeals (comment_id, id);
