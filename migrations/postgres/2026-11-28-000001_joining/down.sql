DROP TABLE invited;
DROP TABLE invitations;
DROP TABLE applications;
