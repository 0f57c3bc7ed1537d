-- Most of what came has been dealt with, and is not looked for by turn, time or host: these hold what waits and nothing else. Their first
-- column, though always the same, tells SQLite that they have in order what is asked for.
DROP INDEX inbox_by_turn;
DROP INDEX inbox_by_next;
DROP INDEX inbox_by_host;
CREATE INDEX inbox_by_turn ON inbox (state, turn, id) WHERE state = 0;
CREATE INDEX inbox_by_next ON inbox (state, next_at, id) WHERE state = 1;
CREATE INDEX inbox_by_host ON inbox (host, state, turn) WHERE state = 0;
