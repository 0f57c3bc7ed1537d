DROP TABLE introductions;
DROP TABLE backfills;
