-- Here rows have no number, and an index gives ids in their order because it has them: the embedded database's have them anyway.
SELECT 1;
