-- The answers to a comment stand in its thread: one index tells both what is in a thread, in order, and what of that answers what, and a new
-- comment has one entry, at the end of its thread's, in place of two, one of which was anywhere.
DROP INDEX comments_by_thread;
DROP INDEX comments_by_parent;
CREATE INDEX comments_by_thread ON comments (thread_id, id, parent_id);
