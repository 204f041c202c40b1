-- The rows of buttons that a press has left below a message, where it changes them: none, or the one that says what was pressed.
ALTER TABLE deliveries ADD COLUMN left_buttons jsonb;
