import { defineStatement, type Executor, run } from '../sql.js'
import { isOfChat } from './rests.js'

const find = defineStatement(
  'find-awaited-files',
  `
WITH waiting AS MATERIALIZED (
  SELECT p.notification_id
  FROM bot_access a
  CROSS JOIN LATERAL (
    SELECT p.notification_id FROM pending_deliveries p
    WHERE p.bot_id = a.bot_id AND ${isOfChat} AND p.tenant_id = $1::uuid
    OFFSET 0
  ) p
  WHERE a.tenant_id = $1::uuid
  UNION
  SELECT w.notification_id FROM waiting_deliveries w WHERE w.tenant_id = $1::uuid
  UNION
  SELECT b.notification_id FROM broadcasts b WHERE b.tenant_id = $1::uuid AND NOT b.is_completed
)
SELECT DISTINCT named.file
FROM waiting w
CROSS JOIN LATERAL (
  SELECT c.options FROM notification_contents c
  WHERE c.tenant_id = $1::uuid AND c.notification_id = w.notification_id
  LIMIT 1
) c
CROSS JOIN LATERAL (
  SELECT a ->> 'file' AS file FROM jsonb_array_elements(c.options -> 'attachments') a
) named
WHERE named.file = ANY ($2::text[])`,
)

/**
 * Finds which of a tenant's files are attached to something that is still to be sent, at a cost in proportion to what waits of the
 * tenant and in the lanes of its bots, and not to what was ever sent.
 */
export async function findAwaitedFiles(
  on: Executor,
  tenantId: string,
  fileIds: readonly string[],
): Promise<ReadonlySet<string>> {
  return new Set((await run<{ file: string }>(on, find, [tenantId, fileIds])).map(({ file }) => file))
}
