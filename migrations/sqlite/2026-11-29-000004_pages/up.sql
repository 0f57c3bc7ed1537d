-- Who of those who moderate or help has taken on what is held, so that the others see it.
ALTER TABLE holds ADD COLUMN assigned_to BIGINT REFERENCES actors (id);
