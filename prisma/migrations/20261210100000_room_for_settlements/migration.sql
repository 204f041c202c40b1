-- A delivery is written when it is accepted and once more when it was sent. It stays where its indexes know it if there is room
-- on its page: the other half of the page costs less than two entries of indexes, which were to be cleaned up as well.
CREATE OR REPLACE FUNCTION add_partition(parent text, days_ahead integer) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET lock_timeout = '100ms' AS $$
DECLARE
  today date := (now() AT TIME ZONE 'UTC')::date;
  key text := CASE parent WHEN 'notification_contents' THEN 'notification_id' ELSE 'id' END;
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
    EXECUTE format('SELECT EXISTS (SELECT FROM %I WHERE %I >= $1 AND %I < $2)', parent || '_default', key, key)
      INTO has_rows USING floor, ceiling;
    CONTINUE WHEN has_rows;
    -- Made first and attached then: the parent can be read and written all the while.
    EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING STORAGE) WITH (fillfactor = %s)',
      child, parent, CASE parent WHEN 'deliveries' THEN 50 ELSE 100 END);
    EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', parent, child, floor, ceiling);
    -- Whatever removes rows of single partitions has to be allowed to. The role of tenants' requests is not: there are no policies.
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'tellwire_engine') THEN
      EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO tellwire_engine', child);
    END IF;
    RETURN child;
  END LOOP;
  RETURN NULL;
END $$;

DO $$
DECLARE
  child regclass;
BEGIN
  FOR child IN SELECT inhrelid FROM pg_inherits WHERE inhparent = 'deliveries'::regclass LOOP
    EXECUTE format('ALTER TABLE %s SET (fillfactor = 50)', child);
  END LOOP;
END $$;
