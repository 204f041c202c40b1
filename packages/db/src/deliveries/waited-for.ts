/** The SQL of the notifications that are still to be sent or answered, with the ids of their deliveries, in a lane or outside of them. */
export const waitedFor = `(
  SELECT notification_id, id FROM pending_deliveries WHERE notification_id IS NOT NULL
  UNION ALL SELECT notification_id, id FROM waiting_deliveries
  UNION ALL SELECT notification_id, notification_id FROM broadcasts WHERE NOT is_completed
  UNION ALL SELECT id, id FROM questions WHERE status = 'open'
)`
