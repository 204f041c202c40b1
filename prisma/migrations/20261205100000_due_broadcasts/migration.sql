-- Broadcasts that somebody wants to change are found without those that wait for their time.
CREATE INDEX broadcasts_changing_idx ON broadcasts (change) WHERE NOT is_completed;
