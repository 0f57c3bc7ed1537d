DROP TABLE stood;
