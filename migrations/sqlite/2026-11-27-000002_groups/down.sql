DROP TABLE moderators;
DROP TABLE answering;
DROP TABLE moves;
