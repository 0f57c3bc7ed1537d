DROP TABLE notes;
DROP TABLE cases;
