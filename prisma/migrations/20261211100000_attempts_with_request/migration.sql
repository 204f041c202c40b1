-- Where a request went, since the URL of an endpoint may change, and where the event is that it carried. Attempts from
-- before do not know either.
ALTER TABLE webhook_attempts ADD COLUMN url text, ADD COLUMN event_xid xid8;
