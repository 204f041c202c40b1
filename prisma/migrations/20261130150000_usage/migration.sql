-- What each tenant has used, by day (UTC) and type of event. It is summed up from the events, each of which counts once.
CREATE TABLE usage (
  tenant_id uuid NOT NULL,
  day       date NOT NULL,
  kind      text NOT NULL,
  count     bigint NOT NULL,
  PRIMARY KEY (tenant_id, day, kind)
);
CREATE INDEX usage_day ON usage (day);
INSERT INTO event_cursors (name, xid, id) VALUES ('usage', '0', '00000000-0000-0000-0000-000000000000');
