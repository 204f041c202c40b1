-- Counts the tokens that a bot has had, so that what was found out about one says nothing about the next; and how often
-- in a row Telegram refused the bot, which is tried again at longer and longer intervals.
ALTER TABLE lanes
  ADD COLUMN token_version integer NOT NULL DEFAULT 0,
  ADD COLUMN refusals smallint NOT NULL DEFAULT 0;

-- A row that is not to be repeated tells apart whether its call was begun, or only claimed for it.
ALTER TABLE pending_deliveries ADD COLUMN is_begun boolean NOT NULL DEFAULT false;

-- Its notification was cancelled while it was being sent.
ALTER TABLE pending_deliveries ADD COLUMN is_cancelled boolean NOT NULL DEFAULT false;
UPDATE pending_deliveries p SET is_cancelled = true
FROM notifications n
WHERE n.tenant_id = p.tenant_id AND n.id = p.notification_id AND n.cancelled_at IS NOT NULL AND p.kind = 'notification';

-- What was sent and nothing more to say is written in one go, with the server's own function.
ALTER TABLE events ALTER COLUMN id SET DEFAULT uuidv7();

-- A worker says once a second that it lives, and not once for each bot that it reads.
CREATE TABLE workers (
  id          uuid PRIMARY KEY,
  lease_until timestamptz NOT NULL,
  pollers     integer NOT NULL
) WITH (fillfactor = 50);
CREATE INDEX workers_lease_until_idx ON workers (lease_until);

-- Bots that are to be read, and those of them that nobody reads, are found without looking at any other.
ALTER TABLE update_pollers DROP COLUMN lease_until, ADD COLUMN is_wanted boolean NOT NULL DEFAULT false;
UPDATE update_pollers p SET holder = NULL, is_wanted = b.update_mode = 'polling' FROM bots b WHERE b.id = p.bot_id;
CREATE INDEX update_pollers_free_idx ON update_pollers (bot_id) WHERE holder IS NULL AND is_wanted;

-- Updates are a queue: a row is there until it is handled. So what waits is found without looking at what once came.
ALTER TABLE updates RENAME TO updates_before;
CREATE TABLE updates (
  bot_id      uuid NOT NULL,
  update_id   bigint NOT NULL,
  chat_id     bigint NOT NULL,
  kind        text NOT NULL,
  payload     jsonb NOT NULL,
  attempts    integer NOT NULL DEFAULT 0,
  retry_at    timestamptz,
  failure     text,
  -- It has failed for a day, and waits for somebody to look at it.
  parked_at   timestamptz,
  received_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT updates_queue_pkey PRIMARY KEY (bot_id, update_id)
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_cost_delay = 0,
        autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 100000);
CREATE INDEX updates_queue_chat_idx ON updates (bot_id, chat_id, update_id) WHERE attempts > 0 AND parked_at IS NULL;
CREATE INDEX updates_queue_waiting_idx ON updates (bot_id, update_id) WHERE parked_at IS NULL;
CREATE INDEX updates_queue_parked_idx ON updates (parked_at, bot_id, update_id) WHERE parked_at IS NOT NULL;
INSERT INTO updates (bot_id, update_id, chat_id, kind, payload, attempts, failure, received_at)
SELECT bot_id, update_id, chat_id, kind, payload, attempts, failure, received_at
FROM updates_before WHERE handled_at IS NULL
ON CONFLICT DO NOTHING;
DROP TABLE updates_before;

-- Partitions are weekly: what is prepared for all of them costs with their number, and so does every lock.
DROP FUNCTION ensure_partitions(integer);

-- Makes the first partition that is missing between now and so many days ahead; answers its name, or nothing. A week of
-- which rows already fell into the default partition keeps them there, and a week that had daily partitions gets the
-- rest of its days. Whoever reads for long does not let it be attached: then it fails soon, and holds up nobody.
-- SECURITY DEFINER: the worker calls it with a role that owns no table.
CREATE FUNCTION add_partition(parent text, days_ahead integer) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET lock_timeout = '100ms' AS $$
DECLARE
  today date := (now() AT TIME ZONE 'UTC')::date;
  week date;
  first_day date;
  child text;
  floor uuid;
  ceiling uuid;
  has_rows boolean;
BEGIN
  IF parent <> ALL (ARRAY['notifications', 'notification_contents', 'deliveries', 'events']) THEN
    RAISE EXCEPTION '% has no partitions', parent;
  END IF;
  PERFORM pg_advisory_xact_lock(hashtext('tellwire.partitions'));
  FOR week IN SELECT generate_series(date_trunc('week', today::timestamp), today + days_ahead, '1 week')::date LOOP
    SELECT coalesce(max(day) + 1, week) INTO first_day FROM generate_series(week, week + 6, '1 day') AS d (at), LATERAL (SELECT at::date AS day) x
    WHERE to_regclass(format('public.%I', parent || '_' || to_char(day, 'YYYYMMDD'))) IS NOT NULL;
    CONTINUE WHEN first_day > week + 6;
    child := parent || '_week_' || to_char(week, 'YYYYMMDD');
    CONTINUE WHEN to_regclass(format('public.%I', child)) IS NOT NULL;
    floor := uuid_v7_floor(first_day::timestamp AT TIME ZONE 'UTC');
    ceiling := uuid_v7_floor((week + 7)::timestamp AT TIME ZONE 'UTC');
    IF week <= today THEN
      EXECUTE format('SELECT EXISTS (SELECT FROM %I WHERE %I >= $1 AND %I < $2)', parent || '_default',
        CASE parent WHEN 'notification_contents' THEN 'notification_id' ELSE 'id' END,
        CASE parent WHEN 'notification_contents' THEN 'notification_id' ELSE 'id' END) INTO has_rows USING floor, ceiling;
      CONTINUE WHEN has_rows;
    END IF;
    -- Made first and attached then: the parent can be read and written all the while.
    EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING STORAGE)', child, parent);
    EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', parent, child, floor, ceiling);
    RETURN child;
  END LOOP;
  RETURN NULL;
END $$;

-- Tells which tables have rows outside of their partitions.
CREATE FUNCTION tables_with_stray_rows() RETURNS SETOF text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT 'notifications' WHERE EXISTS (SELECT FROM notifications_default)
  UNION ALL SELECT 'notification_contents' WHERE EXISTS (SELECT FROM notification_contents_default)
  UNION ALL SELECT 'deliveries' WHERE EXISTS (SELECT FROM deliveries_default)
  UNION ALL SELECT 'events' WHERE EXISTS (SELECT FROM events_default)
$$;

DO $$
DECLARE
  parent text;
BEGIN
  FOREACH parent IN ARRAY ARRAY['notifications', 'notification_contents', 'deliveries', 'events'] LOOP
    -- Where somebody reads for long they are made later, by the worker.
    BEGIN
      WHILE add_partition(parent, 28) IS NOT NULL LOOP
      END LOOP;
    EXCEPTION WHEN lock_not_available THEN
      NULL;
    END;
  END LOOP;
END $$;

-- Until when a broadcast's deliveries were made, so that they are looked for in those weeks alone.
ALTER TABLE broadcasts ADD COLUMN expanded_at timestamptz;
UPDATE broadcasts SET expanded_at = now() WHERE expanded > 0;

-- The smallest UUIDv7 that is so many milliseconds later than another.
CREATE FUNCTION uuid_v7_after(id uuid, millis bigint) RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT (lpad(to_hex(('x' || left(translate(id::text, '-', ''), 12))::bit(48)::bigint + millis), 12, '0') || repeat('0', 20))::uuid
$$;

-- The ids between which the deliveries of a notification are: they are made when it is accepted, those of a broadcast
-- while it is expanded; the clocks of who accepts and of the database may run apart. With them a search touches one or two partitions, however many there are.
CREATE FUNCTION deliveries_from(tenant uuid, notification uuid) RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT coalesce(
    (SELECT uuid_v7_floor(b.starts_at - interval '1 hour') FROM broadcasts b
     WHERE b.tenant_id = tenant AND b.notification_id = notification),
    uuid_v7_after(notification, -3600000))
$$;
CREATE FUNCTION deliveries_to(tenant uuid, notification uuid) RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT coalesce(
    (SELECT uuid_v7_floor(coalesce(b.expanded_at, b.starts_at) + interval '1 hour') FROM broadcasts b
     WHERE b.tenant_id = tenant AND b.notification_id = notification),
    uuid_v7_after(notification, 3600000))
$$;

-- What one process of all does at a time, such as looking for work that no wake-up told of.
CREATE TABLE duties (
  name        text PRIMARY KEY,
  holder      uuid NOT NULL,
  lease_until timestamptz NOT NULL
) WITH (fillfactor = 50);
