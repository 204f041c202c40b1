-- What waits for an endpoint, and what was tried, goes with it. Foreign keys did the same, and looked the endpoint up for
-- each of thousands of rows a second; whoever puts something before an endpoint locks it, once.
ALTER TABLE webhook_deliveries DROP CONSTRAINT webhook_deliveries_tenant_id_endpoint_id_fkey;
ALTER TABLE webhook_attempts DROP CONSTRAINT webhook_attempts_tenant_id_endpoint_id_fkey;

-- SECURITY DEFINER: as with a foreign key, it makes no difference who deletes the endpoint.
CREATE FUNCTION forget_webhook_endpoint() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  DELETE FROM webhook_deliveries WHERE tenant_id = OLD.tenant_id AND endpoint_id = OLD.id;
  DELETE FROM webhook_attempts WHERE tenant_id = OLD.tenant_id AND endpoint_id = OLD.id;
  RETURN NULL;
END
$$;
CREATE TRIGGER webhook_endpoints_forgotten AFTER DELETE ON webhook_endpoints
  FOR EACH ROW EXECUTE FUNCTION forget_webhook_endpoint();
REVOKE EXECUTE ON FUNCTION forget_webhook_endpoint() FROM PUBLIC;
