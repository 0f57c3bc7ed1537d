DROP INDEX inbox_by_turn;
DROP INDEX inbox_by_next;
DROP INDEX inbox_by_host;
CREATE INDEX inbox_by_turn ON inbox (state, turn, id);
CREATE INDEX inbox_by_next ON inbox (state, next_at, id);
CREATE INDEX inbox_by_host ON inbox (host, state, turn);
