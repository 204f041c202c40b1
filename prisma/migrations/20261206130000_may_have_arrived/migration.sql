-- Whether the message may stand in the chat though nobody was told: an answer was lost, or a turn died. Where it is not
-- sent again after all, what became of it is unknown.
ALTER TABLE pending_deliveries ADD COLUMN may_have_arrived boolean NOT NULL DEFAULT false;
