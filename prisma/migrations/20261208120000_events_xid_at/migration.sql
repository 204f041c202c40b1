-- The number of a transaction from about which on a tenant's events are not before a moment. Events lie in the order of the
-- numbers, which is about that of their times: those of a moment are found by halving, without looking through those of the
-- week. Transactions that ran beside each other are out of order by as long as they took. Events of before a restore have the
-- number 0: for a start from which all events of the moment and after it are found, that is the number where there are such.
CREATE FUNCTION events_xid_at(tenant uuid, moment timestamptz, is_start boolean) RETURNS xid8
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = public, pg_temp AS $$
DECLARE
  wanted uuid := uuid_v7_floor(moment);
  -- The weeks around the moment, each of which is a partition.
  first_id uuid := uuid_v7_floor(date_trunc('week', moment AT TIME ZONE 'UTC' - interval '1 hour') AT TIME ZONE 'UTC');
  end_id uuid := uuid_v7_floor((date_trunc('week', moment AT TIME ZONE 'UTC' + interval '1 hour') + interval '1 week') AT TIME ZONE 'UTC');
  low bigint;
  high bigint;
  middle bigint;
  found_xid bigint;
  found_id uuid;
BEGIN
  SELECT e.xid::text::bigint INTO low FROM events e
    WHERE e.tenant_id = tenant AND e.id >= first_id AND e.id < end_id ORDER BY e.xid LIMIT 1;
  SELECT e.xid::text::bigint, e.id INTO high, found_id FROM events e
    WHERE e.tenant_id = tenant AND e.id >= first_id AND e.id < end_id ORDER BY e.xid DESC LIMIT 1;
  IF low IS NULL OR (is_start AND low = 0 AND EXISTS (
    SELECT FROM events e WHERE e.tenant_id = tenant AND e.xid = '0'::xid8 AND e.id >= wanted AND e.id < end_id
  )) THEN
    RETURN '0'::xid8;
  END IF;
  IF found_id < wanted THEN
    RETURN (high + 1)::text::xid8;
  END IF;
  WHILE high > low LOOP
    middle := low + (high - low) / 2;
    SELECT e.xid::text::bigint, e.id INTO found_xid, found_id FROM events e
      WHERE e.tenant_id = tenant AND e.xid >= middle::text::xid8 AND e.id >= first_id AND e.id < end_id
      ORDER BY e.xid LIMIT 1;
    IF found_id >= wanted THEN
      high := middle;
    ELSE
      low := found_xid + 1;
    END IF;
  END LOOP;
  RETURN low::text::xid8;
END $$;
