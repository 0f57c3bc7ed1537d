DROP TABLE permissions;
DROP TABLE wishes;
DROP TABLE approvals;
DROP TABLE liking;
