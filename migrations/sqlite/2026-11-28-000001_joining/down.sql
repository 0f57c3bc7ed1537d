DROP TABLE recovery_codes;
DROP TABLE second_factors;
DROP TABLE invited;
DROP TABLE invitations;
DROP TABLE applications;
