-- A claim changes every row of a page, which stays where its indexes know it if there is room for all of them. A row is here for
-- as long as it waits: half of a page costs less than three entries of indexes for each claim.
ALTER TABLE pending_deliveries SET (fillfactor = 50);
