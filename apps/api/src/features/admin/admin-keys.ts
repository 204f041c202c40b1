import { type InTransaction, inTransaction, nilUuid, type Prisma } from '@tellwire/db'
import { type AdminScope, issueAdminKey, recordAudit } from '@tellwire/domain'
import { notFound } from '../../errors.js'
import { readIdCursor, toPage } from '../../http/cursors.js'
import { showId } from '../../http/ids.js'
import { readExpiry } from '../../keys/issue-key.js'
import type { AdminKeyView, NewAdminKey } from './key-schemas.js'
import type { AdminListQuery } from './schemas.js'

/** Issues a key for admins. The result holds the key itself, for the only time. */
export async function createAdminKey(scope: InTransaction<AdminScope>, { name, scopes, expires_at }: NewAdminKey) {
  const { db } = scope
  const { id, key } = await issueAdminKey(db, { name, scopes, expiresAt: readExpiry(expires_at) })
  const view = showAdminKey(await db.adminKey.findUniqueOrThrow({ where: { id } }))
  const object = { type: 'admin_key', id: view.id }
  await recordAudit(scope, { tenantId: nilUuid, action: 'admin_key.issued', object, after: view })
  return { ...view, key }
}

export async function listAdminKeys({ db }: AdminScope, { limit, cursor }: AdminListQuery) {
  const list = ['admin keys']
  const after = readIdCursor(list, cursor)
  const keys = await db.adminKey.findMany({
    where: after === undefined ? {} : { id: { gt: after } },
    orderBy: { id: 'asc' },
    take: limit + 1,
  })
  return toPage(keys, limit, list, ({ id }) => id, showAdminKey)
}

/** Revokes a key of admins, at once. Again it changes nothing. @throws `not_found` */
export async function revokeAdminKey(scope: AdminScope, id: string): Promise<void> {
  await inTransaction(scope, async (scope) => {
    const { db } = scope
    const { count } = await db.adminKey.updateMany({ where: { id, revokedAt: null }, data: { revokedAt: new Date() } })
    if (count > 0) {
      const object = { type: 'admin_key', id: showId('key', id) }
      await recordAudit(scope, { tenantId: nilUuid, action: 'admin_key.revoked', object })
    } else if ((await db.adminKey.count({ where: { id } })) === 0) throw notFound('key', '/id')
  })
}

function showAdminKey(key: Prisma.AdminKeyGetPayload<object>): AdminKeyView {
  return {
    id: showId('key', key.id),
    name: key.name,
    hint: key.tokenHint,
    scopes: key.scopes,
    expires_at: key.expiresAt?.toISOString() ?? null,
    revoked_at: key.revokedAt?.toISOString() ?? null,
    last_used_at: key.lastUsedAt?.toISOString() ?? null,
    created_at: key.createdAt.toISOString(),
  }
}
