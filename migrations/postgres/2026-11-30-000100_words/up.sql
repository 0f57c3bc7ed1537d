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
ALTER TABLE appeals ALTER COLUMN comment_id DROP NOT NULL;
ALTER TABLE appeals ALTER COLUMN entry_id DROP NOT NULL;
-- What was said to the person.
ALTER TABLE appeals ADD COLUMN warning_id BIGINT REFERENCES warnings (id);
CREATE UNIQUE INDEX appeals_once_about_a_person ON appeals (warning_id) WHERE warning_id IS NOT NULL;
