-- Where an account has its role: 0 on all boards, 1 on those named in account_boards.
ALTER TABLE accounts ADD COLUMN reach SMALLINT NOT NULL DEFAULT 0;

CREATE TABLE account_boards (
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    board_id BIGINT NOT NULL REFERENCES boards (id),
    PRIMARY KEY (account_id, board_id)
) WITHOUT ROWID;
CREATE INDEX account_boards_by_board ON account_boards (board_id);

-- The handle of the person something was done to: what is written down about somebody stays when they are gone.
ALTER TABLE moderation_log ADD COLUMN person TEXT;
