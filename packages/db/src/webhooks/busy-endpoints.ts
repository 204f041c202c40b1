/**
 * The SELECT of the endpoints of `input` that are there, and that somebody else has locked. No statement that serves the
 * endpoints of many waits for the one that is being changed or deleted: it leaves that one out, and tells so.
 * @param locked the CTE of those that the statement has locked. @param condition those that it wanted to lock, of endpoints `w`.
 */
export const busyEndpoints = (locked: string, condition = 'true'): string => `
SELECT w.id::text
FROM (SELECT DISTINCT tenant_id, endpoint_id FROM input) i
CROSS JOIN LATERAL (
  SELECT w.id FROM webhook_endpoints w
  WHERE w.tenant_id = i.tenant_id AND w.id = i.endpoint_id AND ${condition} LIMIT 1
) w
LEFT JOIN LATERAL (
  SELECT true AS is_there FROM ${locked} l WHERE l.tenant_id = i.tenant_id AND l.id = i.endpoint_id LIMIT 1
) mine ON true
WHERE mine.is_there IS NULL`

export function readBusy(rows: readonly { id: string }[]): Set<string> {
  return new Set(rows.map(({ id }) => id))
}
