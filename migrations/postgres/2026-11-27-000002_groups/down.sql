DROP TABLE moderators;
DROP TABLE answering;
DROP TABLE moves;
DROP TABLE told_votes;
