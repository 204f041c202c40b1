import { connectDatabase, inTransaction, newId, type Database } from '@tellwire/db'
import {
  createSealer,
  proveErasure,
  recordAudit,
  runNow,
  sealAudit,
  type SystemScope,
  verifyAudit,
} from '@tellwire/domain'
import { createTestDatabase } from '@tellwire/testing'
import pg from 'pg'
import { expect, test as base } from 'vitest'

interface Lab {
  db: Database
  owner: pg.Client
  /** Writes entries of a tenant, one transaction each. */
  write(tenantId: string, ...names: string[]): Promise<void>
  /** Changes what must not be changed, as somebody with the database's own rights would. */
  tamper(sql: string): Promise<void>
}

const sealer = createSealer(Buffer.alloc(32, 7).toString('base64'))

const test = base.extend<{ lab: Lab }>({
  lab: [
    async ({}, use) => {
      const database = await createTestDatabase()
      const db = connectDatabase({ url: database.engineUrl, poolMax: 8 })
      const owner = new pg.Client({ connectionString: database.ownerUrl })
      await owner.connect()
      // Recording tells and wakes nobody.
      const scope = { db, actor: { type: 'system', id: 'test' }, afterCommit: runNow } as SystemScope
      await use({
        db,
        owner,
        async write(tenantId, ...names) {
          for (const name of names) {
            await inTransaction(scope, (scope) =>
              recordAudit(
                { ...scope, address: '203.0.113.9' },
                { tenantId, action: 'bot.changed', object: { type: 'bot', id: name }, after: { name } },
              ),
            )
          }
        },
        async tamper(sql) {
          await owner.query('ALTER TABLE audit_entries DISABLE TRIGGER ALL')
          await owner.query(sql)
          await owner.query('ALTER TABLE audit_entries ENABLE TRIGGER ALL')
        },
      })
      await owner.end()
      await db.$disconnect()
    },
    { scope: 'file' },
  ],
})

test('entries of several writers get one chain each tenant, without a gap', async ({ lab }) => {
  const [one, other] = [newId(), newId()]
  await Promise.all([lab.write(one, 'a', 'b', 'c'), lab.write(other, 'x'), lab.write(one, 'd', 'e')])

  expect(await verifyAudit(lab.db, sealer, one)).toMatchObject({ fault: undefined, verified: 0, unsealed: 5 })
  await Promise.all([sealAudit(lab.db, sealer), sealAudit(lab.db, sealer)])
  await lab.write(one, 'f')
  await sealAudit(lab.db, sealer)

  expect(await verifyAudit(lab.db, sealer, one)).toMatchObject({
    fault: undefined,
    verified: 6,
    erased: 0,
    unsealed: 0,
  })
  expect(await verifyAudit(lab.db, sealer, other)).toMatchObject({ fault: undefined, verified: 1 })
})

test('whoever writes very many entries does not keep those of others from their places', async ({ lab }) => {
  const many = '00000000-0000-7000-8000-000000000001'
  await lab.write(many, ...Array.from({ length: 900 }, (_, index) => `${index}`))
  const other = newId()
  await lab.write(other, 'x')
  await lab.write(many, ...Array.from({ length: 2_000 }, (_, index) => `${index}`))

  expect(await sealAudit(lab.db, sealer)).toBe(2_000)
  expect(await verifyAudit(lab.db, sealer, other)).toMatchObject({ fault: undefined, verified: 1, unsealed: 0 })
  expect(await verifyAudit(lab.db, sealer, many)).toMatchObject({ fault: undefined, verified: 1_999, unsealed: 901 })
})

test('an entry of a transaction that is rolled back is not there', async ({ lab }) => {
  const tenantId = newId()
  const scope = { db: lab.db, actor: { type: 'system', id: 'test' }, afterCommit: runNow } as SystemScope
  await inTransaction(scope, async (scope) => {
    await recordAudit(scope, { tenantId, action: 'bot.deleted' })
    throw new Error('no')
  }).catch(() => undefined)

  expect(await lab.db.auditEntry.count({ where: { tenantId } })).toBe(0)
})

test.for([
  ['what it says', "details = replace(details, 'three', 'four')", { kind: 'changed', sequence: 3n }],
  ['what was done', "action = 'bot.deleted'", { kind: 'changed', sequence: 3n }],
  ['when', "created_at = created_at - interval '1 hour'", { kind: 'changed', sequence: 3n }],
  ['its hash', "hash = 'x'", { kind: 'changed', sequence: 3n }],
] as const)('finds an entry of which somebody changed %s', async ([, set, fault], { lab }) => {
  const tenantId = newId()
  await lab.write(tenantId, 'one', 'two', 'three', 'four')
  await sealAudit(lab.db, sealer)
  await lab.tamper(`UPDATE audit_entries SET ${set} WHERE tenant_id = '${tenantId}' AND sequence = 3`)

  expect((await verifyAudit(lab.db, sealer, tenantId)).fault).toEqual(fault)
})

test('finds an entry that was removed, two that changed places, and an end that was cut off', async ({ lab }) => {
  const tenants = [newId(), newId(), newId()]
  for (const tenantId of tenants) await lab.write(tenantId, 'one', 'two', 'three', 'four')
  await sealAudit(lab.db, sealer)
  const [removed = '', moved = '', cut = ''] = tenants
  await lab.tamper(`DELETE FROM audit_entries WHERE tenant_id = '${removed}' AND sequence = 2`)
  await lab.tamper(`UPDATE audit_entries SET sequence = 10 WHERE tenant_id = '${moved}' AND sequence = 2`)
  await lab.tamper(`UPDATE audit_entries SET sequence = 2 WHERE tenant_id = '${moved}' AND sequence = 3`)
  await lab.tamper(`UPDATE audit_entries SET sequence = 3 WHERE tenant_id = '${moved}' AND sequence = 10`)
  await lab.tamper(`DELETE FROM audit_entries WHERE tenant_id = '${cut}' AND sequence > 2`)

  expect((await verifyAudit(lab.db, sealer, removed)).fault).toEqual({ kind: 'missing', sequence: 2n })
  expect((await verifyAudit(lab.db, sealer, moved)).fault).toEqual({ kind: 'changed', sequence: 2n })
  expect((await verifyAudit(lab.db, sealer, cut)).fault).toEqual({ kind: 'cut_off', sequence: 3n })
})

test('a chain that was made anew with another key is no chain of ours', async ({ lab }) => {
  const tenantId = newId()
  await lab.write(tenantId, 'one')
  await sealAudit(lab.db, createSealer(Buffer.alloc(32, 8).toString('base64')))

  expect((await verifyAudit(lab.db, sealer, tenantId)).fault).toEqual({ kind: 'changed', sequence: 1n })
})

test('what is said of a person can be taken out, and the chain holds', async ({ lab }) => {
  const tenantId = newId()
  await lab.write(tenantId, 'one', 'two')
  await sealAudit(lab.db, sealer)
  const where = { tenantId, sequence: 1n }
  const entry = await lab.db.auditEntry.findFirstOrThrow({ where })
  const erasureProof = proveErasure(sealer, entry)
  await lab.db.auditEntry.updateMany({ where, data: { details: null, salt: null, erasureProof } })

  expect(await verifyAudit(lab.db, sealer, tenantId)).toMatchObject({ fault: undefined, verified: 2, erased: 1 })
})

test('entries stay, whoever tries', async ({ lab }) => {
  const tenantId = newId()
  await lab.write(tenantId, 'one')
  const where = `WHERE tenant_id = '${tenantId}'`

  await expect(lab.owner.query(`DELETE FROM audit_entries ${where}`)).rejects.toThrow('stay')
  await expect(lab.owner.query('TRUNCATE audit_entries')).rejects.toThrow('stay')
  await expect(lab.owner.query(`UPDATE audit_entries SET action = 'x' ${where}`)).rejects.toThrow('stay')
  await expect(lab.db.auditEntry.deleteMany({ where: { tenantId } })).rejects.toThrow('stay')
})

test('finds an end that was put back, a chain that is gone, and details that no erasure took out', async ({ lab }) => {
  const [back, gone, blank] = [newId(), newId(), newId()]
  await lab.db.tenant.create({ data: { id: gone, name: 'Gone' } })
  for (const tenantId of [back, gone, blank]) await lab.write(tenantId, 'one', 'two', 'three', 'four')
  await sealAudit(lab.db, sealer)
  const { head } = await verifyAudit(lab.db, sealer, back)
  await lab.tamper(`DELETE FROM audit_entries WHERE tenant_id = '${back}' AND sequence > 2`)
  await lab.owner.query(
    `UPDATE audit_chains c SET sequence = 2, hash = e.hash FROM audit_entries e
     WHERE c.tenant_id = $1 AND e.tenant_id = $1 AND e.sequence = 2`,
    [back],
  )
  await lab.tamper(`DELETE FROM audit_entries WHERE tenant_id = '${gone}'`)
  await lab.owner.query('DELETE FROM audit_chains WHERE tenant_id = $1', [gone])
  await lab.tamper(`UPDATE audit_entries SET details = NULL, salt = NULL WHERE tenant_id = '${blank}' AND sequence = 2`)

  expect(head?.sequence).toBe(4n)
  expect((await verifyAudit(lab.db, sealer, back)).fault).toEqual({ kind: 'cut_off', sequence: 3n })
  expect((await verifyAudit(lab.db, sealer, gone)).fault).toEqual({ kind: 'cut_off', sequence: 1n })
  expect((await verifyAudit(lab.db, sealer, blank)).fault).toEqual({ kind: 'changed', sequence: 2n })
  await expect(
    lab.db.auditEntry.updateMany({ where: { tenantId: blank, sequence: 3n }, data: { details: null, salt: null } }),
  ).rejects.toThrow('stay')
})

test('whoever kept an end notices that all was put back to an earlier one, signature and all', async ({ lab }) => {
  const tenantId = newId()
  await lab.write(tenantId, 'one')
  await sealAudit(lab.db, sealer)
  const earlier = await lab.db.auditChain.findUniqueOrThrow({ where: { tenantId } })
  await lab.write(tenantId, 'two')
  await sealAudit(lab.db, sealer)
  const { head } = await verifyAudit(lab.db, sealer, tenantId)
  expect((await verifyAudit(lab.db, sealer, tenantId, head)).fault).toBeUndefined()

  await lab.tamper(`DELETE FROM audit_entries WHERE tenant_id = '${tenantId}' AND sequence > 1`)
  await lab.db.auditChain.update({ where: { tenantId }, data: earlier })

  expect((await verifyAudit(lab.db, sealer, tenantId)).fault).toBeUndefined()
  expect((await verifyAudit(lab.db, sealer, tenantId, head)).fault).toEqual({ kind: 'cut_off', sequence: 2n })
  expect((await verifyAudit(lab.db, sealer, tenantId, { sequence: 1n, hash: 'another' })).fault).toEqual({
    kind: 'changed',
    sequence: 1n,
  })
})
