-- How many lanes a worker drains, so that workers can share them evenly.
ALTER TABLE workers ADD COLUMN lanes integer NOT NULL DEFAULT 0;
