/** The SQL of whether an endpoint `w` wants an event `e`. The event of a test is for the endpoint that is tested alone. */
export const isWanted = `CASE e.type WHEN 'webhook.test' THEN e.data ->> 'webhook_id' = w.id::text
  ELSE w.types = '{}' OR e.type LIKE ANY (w.types) END`
