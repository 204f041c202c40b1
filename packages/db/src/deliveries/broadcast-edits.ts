import type { Pool } from 'pg'
import { defineStatement, type Executor, run } from '../sql.js'
import type { BroadcastKey } from './broadcasts.js'
import { type EditRequest, queueEditsOfBroadcast } from './queue-edits.js'

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

type AskedFor = EditRequest & { no: string }

/**
 * Carries out what was asked for of some of a broadcast's messages. Of those who do so at once one gets on.
 * @returns undefined where nothing is asked for.
 */
export async function editBroadcastSlice(
  engine: Pool,
  key: BroadcastKey,
  countMax: number,
): Promise<{ hasMore: boolean; botIds: string[] } | undefined> {
  const [asked] = await run<{ edit: AskedFor; editAfter: string | null }>(engine, find, [
    key.tenantId,
    key.notificationId,
  ])
  if (!asked) return undefined
  const { no, ...request } = asked.edit
  const botIds = await queueEditsOfBroadcast(engine, key, { request, no, after: asked.editAfter }, countMax)
  return { hasMore: botIds !== undefined, botIds: botIds ?? [] }
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
