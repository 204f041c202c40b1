import type { Pool } from 'pg'
import { defineStatement, type Executor, run } from '../sql.js'
import type { BroadcastKey } from './broadcasts.js'
import { type EditRequest, queueEditsAfter } from './queue-edits.js'

// An edit that is asked for while another is being carried out takes its place. Taking back goes on to its end: what was
// taken back cannot be edited.
const ask = defineStatement(
  'ask-to-edit-broadcast',
  `
UPDATE broadcasts SET edit = $3::jsonb || jsonb_build_object('no', gen_random_uuid()), edit_after = NULL
WHERE tenant_id = $1::uuid AND notification_id = $2::uuid
  AND (edit IS NULL OR edit ->> 'type' = 'edit' OR $3::jsonb ->> 'type' = 'delete')
RETURNING 1`,
)

/** Asks for the messages of a broadcast to be edited or taken back, which is done slice by slice. */
export async function askToEditBroadcast(
  on: Executor,
  { tenantId, notificationId }: BroadcastKey,
  request: EditRequest,
): Promise<void> {
  await run(on, ask, [tenantId, notificationId, JSON.stringify(request)])
}

const find = defineStatement(
  'find-broadcast-edit',
  `
SELECT edit, edit_after FROM broadcasts WHERE tenant_id = $1 AND notification_id = $2 AND edit IS NOT NULL`,
)

const advance = defineStatement(
  'advance-broadcast-edit',
  `
UPDATE broadcasts SET
  edit = CASE WHEN $4::uuid IS NULL THEN NULL ELSE edit END,
  edit_after = $4::uuid
WHERE tenant_id = $1 AND notification_id = $2 AND edit ->> 'no' = $3`,
)

type AskedFor = EditRequest & { no: string }

/**
 * Carries out what was asked for of some of a broadcast's messages. Two that do so at once, and one that is interrupted,
 * do no harm: of a delivery one edit waits at most.
 */
export async function editBroadcastSlice(
  engine: Pool,
  key: BroadcastKey,
  countMax: number,
): Promise<{ hasMore: boolean; botIds: string[] }> {
  const [asked] = await run<{ edit: AskedFor; editAfter: string | null }>(engine, find, [
    key.tenantId,
    key.notificationId,
  ])
  if (!asked) return { hasMore: false, botIds: [] }
  const { no, ...request } = asked.edit
  const slice = await queueEditsAfter(engine, key, request, { after: asked.editAfter ?? undefined, countMax })
  await run(engine, advance, [key.tenantId, key.notificationId, no, slice.after ?? null])
  return { hasMore: true, botIds: slice.botIds }
}

const findDue = defineStatement(
  'find-broadcasts-to-edit',
  `
SELECT tenant_id, notification_id FROM broadcasts WHERE edit IS NOT NULL LIMIT 1000`,
)

/** Finds broadcasts whose messages are being edited or taken back. */
export async function findBroadcastsToEdit(engine: Pool): Promise<BroadcastKey[]> {
  return run<BroadcastKey>(engine, findDue, [])
}
