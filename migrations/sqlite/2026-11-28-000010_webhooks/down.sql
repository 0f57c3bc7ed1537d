DROP TABLE news;
DROP TABLE webhooks;
