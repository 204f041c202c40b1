import type { Database } from '../client.js'
import { blankAudit, type ProveErasure } from './blank-audit.js'
import { findTables, type Removal, type Removed, removeFromAll, type StoredTable } from './remove-rows.js'

/** These go last, in this order: by them the rest is found. */
const last = ['connections', 'users', 'chats', 'bot_access', 'bots']

/**
 * Removes everything that is a tenant's, with its own bots and what was heard by them. Of shared bots the chats go in which nobody
 * is connected. It can be done again where it was interrupted.
 * @param beforeSlice is called before each slice; whatever it throws ends the erasure.
 */
export async function eraseTenant(
  db: Database,
  { tenantId, prove, beforeSlice }: { tenantId: string; prove: ProveErasure; beforeSlice?: () => Promise<void> },
): Promise<Removed> {
  const removed: Removed = {}
  const all = await findTables(db)
  const tables = all.filter(({ name }) => !last.includes(name))
  const named = (name: string): StoredTable[] => all.filter((table) => table.name === name)
  const ofTenant: Removal = { where: 'tenant_id = $1::uuid', values: [tenantId], removed, beforeSlice }

  await removeFromAll(
    db,
    tables.filter(({ columns }) => columns.has('tenant_id')),
    ofTenant,
  )
  await removeFromAll(db, named('connections'), ofTenant)
  await removeFromAll(db, named('users'), ofTenant)
  const ofOwnBots: Removal = {
    where: 'bot_id IN (SELECT b.id FROM bots b WHERE b.tenant_id = $1::uuid)',
    values: [tenantId],
    removed,
    beforeSlice,
  }
  await removeFromAll(
    db,
    tables.filter(({ columns }) => columns.has('bot_id') && !columns.has('tenant_id')),
    ofOwnBots,
  )
  await removeFromAll(db, named('chats'), ofOwnBots)
  await removeFromAll(db, named('chats'), {
    where: `bot_id IN (SELECT a.bot_id FROM bot_access a WHERE a.tenant_id = $1::uuid)
      AND NOT EXISTS (SELECT FROM connections k WHERE k.bot_id = chats.bot_id AND k.chat_id = chats.chat_id)`,
    values: [tenantId],
    removed,
    beforeSlice,
  })
  // What was on its way while the rest was removed.
  await removeFromAll(db, [...named('updates'), ...named('update_receipts')], ofOwnBots)
  await removeFromAll(db, named('bot_access'), ofTenant)
  await removeFromAll(db, named('bots'), ofTenant)
  removed['audit_details'] = await blankAudit(db, { tenantId, where: 'true', values: [], prove, beforeSlice })
  return removed
}
