-- Where what is in a thread stood before it was moved, split off or merged: whoever followed there may hold it, and is told when it goes.
CREATE TABLE stood (
    thread_id BIGINT NOT NULL REFERENCES threads (id),
    board_id BIGINT NOT NULL REFERENCES boards (id),
    -- The thread that it was part of there; the same for one that was moved whole.
    earlier_id BIGINT NOT NULL REFERENCES threads (id),
    PRIMARY KEY (thread_id, board_id, earlier_id)
) WITHOUT ROWID;
