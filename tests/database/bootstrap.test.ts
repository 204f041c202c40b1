import { connectDatabase, type Database, newId } from '@tellwire/db'
import { bootstrap, generateKey, hashKey, runNow, type SystemScope } from '@tellwire/domain'
import { createTestDatabase } from '@tellwire/testing'
import { expect, test as base } from 'vitest'

const test = base.extend<{ db: Database }>({
  db: async ({}, use) => {
    const database = await createTestDatabase()
    const db = connectDatabase({ url: database.engineUrl, poolMax: 8 })
    await use(db)
    await db.$disconnect()
  },
})

const start = (db: Database, adminKey: string, tenantKey: string) =>
  // It tells and wakes nobody.
  bootstrap({ db, actor: { type: 'system', id: 'configuration' }, afterCommit: runNow } as SystemScope, {
    adminKey,
    tenant: { name: 'First', key: tenantKey },
  })

test('what the configuration asks for is made once, however many processes start', async ({ db }) => {
  const [adminKey, tenantKey] = [generateKey('admin'), generateKey('live')]
  await Promise.all([start(db, adminKey, tenantKey), start(db, adminKey, tenantKey)])
  await start(db, adminKey, tenantKey)

  expect(await db.adminKey.count()).toBe(1)
  expect(await db.tenant.findMany({ select: { name: true } })).toEqual([{ name: 'First' }])
  expect(await db.apiKey.count({ where: { tokenHash: hashKey(tenantKey), revokedAt: null } })).toBe(1)
  expect((await db.auditEntry.findMany({ select: { action: true } })).map(({ action }) => action).toSorted()).toEqual([
    'admin_key.issued',
    'key.issued',
    'tenant.created',
  ])
})

test('another key takes the place of the one before, for the same tenant; a revoked one stays revoked', async ({
  db,
}) => {
  const [admin, other] = [generateKey('admin'), generateKey('admin')]
  const [first, second] = [generateKey('live'), generateKey('live')]
  await start(db, admin, first)
  await start(db, other, second)
  await start(db, admin, first)

  expect(await db.tenant.count()).toBe(1)
  const live = await db.apiKey.findMany({ where: { revokedAt: null }, select: { tokenHash: true } })
  expect(live.map(({ tokenHash }) => Buffer.from(tokenHash))).toEqual([Buffer.from(hashKey(second))])
  const admins = await db.adminKey.findMany({ where: { revokedAt: null }, select: { tokenHash: true } })
  expect(admins.map(({ tokenHash }) => Buffer.from(tokenHash))).toEqual([Buffer.from(hashKey(other))])
})

test('a key that somebody has given the same name is taken for none of them', async ({ db }) => {
  const [admin, tenantKey, theirs] = [generateKey('admin'), generateKey('live'), generateKey('live')]
  const { id } = await db.tenant.create({ data: { id: newId(), name: 'Somebody' } })
  await db.apiKey.create({
    data: {
      id: newId(),
      tenantId: id,
      name: 'configuration',
      scopes: [],
      tokenHash: hashKey(theirs),
      tokenHint: 'xxxx',
    },
  })
  await start(db, admin, tenantKey)

  const key = await db.apiKey.findUniqueOrThrow({ where: { tokenHash: hashKey(tenantKey) } })
  expect(key.tenantId).not.toBe(id)
  expect(await db.apiKey.count({ where: { tokenHash: hashKey(theirs), revokedAt: null } })).toBe(1)
})
