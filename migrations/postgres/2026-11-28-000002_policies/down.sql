DROP TABLE hidden;
DROP TABLE policies;
