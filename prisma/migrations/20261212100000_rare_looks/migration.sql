-- What accepting and claiming look up rarely, in tables of which each plan names every partition. A statement that holds
-- such a look plans, locks and sets up all of them each time that it runs, whether it looks or not; a function does so when
-- it is called.

-- Whether a notification was delivered, or still can be: only then it shields from others with its dedupe key.
CREATE FUNCTION shields_from_others(of_tenant uuid, of_notification uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
BEGIN
  RETURN EXISTS (
    SELECT FROM deliveries d
    WHERE d.tenant_id = of_tenant AND d.notification_id = of_notification
      AND d.id >= deliveries_from(of_tenant, of_notification) AND d.id < deliveries_to(of_tenant, of_notification)
      AND d.status NOT IN ('failed', 'expired', 'cancelled')
  ) OR EXISTS (
    SELECT FROM broadcasts b
    WHERE b.tenant_id = of_tenant AND b.notification_id = of_notification AND b.is_expanded IS NOT TRUE
  );
END $$;

-- Whether what a notification says is still kept.
CREATE FUNCTION has_content(of_tenant uuid, of_notification uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
BEGIN
  RETURN EXISTS (
    SELECT FROM notification_contents n WHERE n.tenant_id = of_tenant AND n.notification_id = of_notification
  );
END $$;
