-- A role without BYPASSRLS sees and writes the rows of one tenant: the one that its transaction names in app.tenant_id. The
-- setting is read once a statement. The owner of the tables, who migrates them and dumps them, goes on seeing all.
DO $$
DECLARE
  named record;
  own text := $own$(SELECT nullif(current_setting('app.tenant_id', true), '')::uuid)$own$;
BEGIN
  FOR named IN
    SELECT c.relname, a.attname
    FROM pg_class c
    JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
      AND (a.attname = 'tenant_id' OR (c.relname = 'tenants' AND a.attname = 'id'))
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', named.relname);
    EXECUTE format('CREATE POLICY of_owner ON %I TO CURRENT_USER USING (true) WITH CHECK (true)', named.relname);
    EXECUTE format('CREATE POLICY of_tenant ON %I USING (%I = %s)', named.relname, named.attname, own);
  END LOOP;
END $$;

-- Bots that the operator shares belong to nobody, and tenants may choose them.
CREATE POLICY of_nobody ON bots FOR SELECT USING (tenant_id IS NULL);

-- New partitions are closed to tenants' requests, as all are: the policies of a table do not hold where its partition is named.
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
    -- Whatever removes rows of single partitions has to be allowed to. The role of tenants' requests is not: there are no policies.
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'tellwire_engine') THEN
      EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO tellwire_engine', child);
    END IF;
    RETURN child;
  END LOOP;
  RETURN NULL;
END $$;

-- What acts with the rights of the owner is for the service alone.
REVOKE EXECUTE ON FUNCTION add_partition(text, integer), drop_partition(text, text), tables_with_stray_rows() FROM PUBLIC;
