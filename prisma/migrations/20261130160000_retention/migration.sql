-- For how many days what is said is kept, and that it was said; the service's own days where there is nothing.
ALTER TABLE tenants
  ADD COLUMN content_days integer CONSTRAINT tenants_content_days CHECK (content_days > 0),
  ADD COLUMN metadata_days integer CONSTRAINT tenants_metadata_days CHECK (metadata_days > 0);

CREATE OR REPLACE FUNCTION add_partition(parent text, days_ahead integer) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET lock_timeout = '100ms' AS $$
DECLARE
  today date := (now() AT TIME ZONE 'UTC')::date;
  week date;
  first_day date;
  child text;
  floor uuid;
  ceiling uuid;
  has_rows boolean;
  reader text;
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
    -- Whatever removes rows of single partitions has to be allowed to.
    FOR reader IN SELECT rolname FROM pg_roles WHERE rolname IN ('tellwire_app', 'tellwire_engine') LOOP
      EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO %I', child, reader);
    END LOOP;
    RETURN child;
  END LOOP;
  RETURN NULL;
END $$;

-- Drops a partition, if nobody reads its table for a moment. It fails soon otherwise, and can be tried again.
CREATE FUNCTION drop_partition(parent text, child text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET lock_timeout = '100ms' AS $$
BEGIN
  IF parent <> ALL (ARRAY['notifications', 'notification_contents', 'deliveries', 'events'])
    OR child !~ ('^' || parent || '_(week_)?[0-9]{8}$')
    OR NOT EXISTS (SELECT FROM pg_inherits WHERE inhrelid = to_regclass(format('public.%I', child)) AND inhparent = to_regclass(format('public.%I', parent)))
  THEN
    RAISE EXCEPTION '% is no partition of %', child, parent;
  END IF;
  EXECUTE format('ALTER TABLE %I DETACH PARTITION %I', parent, child);
  EXECUTE format('DROP TABLE %I', child);
END $$;
