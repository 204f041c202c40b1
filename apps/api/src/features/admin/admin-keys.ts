import { type InTransaction, inTransaction, nilUuid, type Prisma, type Transaction } from '@tellwire/db'
import { type AdminKeyScope, type AdminScope, endAfter, issueAdminKey, recordAudit } from '@tellwire/domain'
import { notFound } from '../../errors.js'
import { readIdCursor, toPage } from '../../http/cursors.js'
import { showId } from '../../http/ids.js'
import { assertNetworks, readExpiry } from '../../keys/issue-key.js'
import { assertReplaceable } from '../../keys/rotate-key.js'
import { assertNotMore, type KeyPower } from '../../keys/assert-not-more.js'
import type { AdminRequestScope } from '../../context.js'
import type { AdminKeyView, NewAdminKey } from './key-schemas.js'
import type { AdminListQuery } from './schemas.js'

/** Issues a key for admins. The result holds the key itself, for the only time. @throws `invalid_request`, and `insufficient_scope` for one that could do more than the own one. */
export async function createAdminKey(scope: InTransaction<AdminRequestScope>, input: NewAdminKey) {
  assertNetworks(input.networks)
  const { name, scopes, networks } = input
  const expiresAt = readExpiry(input.expires_at)
  assertNoWider(scope, { scopes, networks: networks ?? [], expiresAt: expiresAt ?? null })
  const issued = await issueAdminKey(scope.db, { name, scopes, networks, expiresAt })
  const view = await readView(scope.db, issued.id)
  const object = { type: 'admin_key', id: view.id }
  await recordAudit(scope, { tenantId: nilUuid, action: 'admin_key.issued', object, after: view })
  return { ...view, key: issued.key }
}

/**
 * Issues a key in the place of another, which is let in for a while longer.
 * @throws `not_found`, `conflict` for one that has ended, or was replaced, `insufficient_scope` for one that can do more than the own one.
 */
export async function rotateAdminKey(scope: InTransaction<AdminRequestScope>, id: string, overlapSeconds: number) {
  const { db } = scope
  // Of two at once the second finds it replaced.
  await db.$queryRaw`SELECT FROM admin_keys WHERE id = ${id}::uuid FOR UPDATE`
  const before = await db.adminKey.findUnique({ where: { id } })
  if (!before) throw notFound('key', '/id')
  assertReplaceable(before)
  assertNoWider(scope, before)
  const { name, expiresAt, networks } = before
  // They were checked when the key was issued.
  const scopes = before.scopes as AdminKeyScope[]
  const issued = await issueAdminKey(db, { name, scopes, networks, expiresAt: expiresAt ?? undefined })
  await db.adminKey.update({ where: { id }, data: endAfter(expiresAt, overlapSeconds) })
  const view = await readView(db, issued.id)
  const object = { type: 'admin_key', id: showId('key', id) }
  const after = { ...view, overlap: overlapSeconds }
  await recordAudit(scope, { tenantId: nilUuid, action: 'admin_key.rotated', object, after })
  return { ...view, key: issued.key }
}

/** Who may make keys for admins has all scopes. */
function assertNoWider({ key }: Pick<AdminRequestScope, 'key'>, wanted: KeyPower): void {
  assertNotMore({ key: { ...key, scopes: wanted.scopes } }, wanted)
}

async function readView(db: Transaction, id: string): Promise<AdminKeyView> {
  return showAdminKey(await db.adminKey.findUniqueOrThrow({ where: { id } }))
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
    networks: key.networks,
    expires_at: key.expiresAt?.toISOString() ?? null,
    revoked_at: key.revokedAt?.toISOString() ?? null,
    last_used_at: key.lastUsedAt?.toISOString() ?? null,
    created_at: key.createdAt.toISOString(),
  }
}
