import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { connectDatabase, newId, readFormerlySealed, sealedTables } from '@tellwire/db'
import {
  countFormerlySealed,
  createSealer,
  openSealer,
  readWebhookSecret,
  resealSecrets,
  sealBotToken,
  sealWebhookHeaders,
  sealWebhookSecrets,
  unsealBotToken,
  unsealWebhookHeaders,
  unsealWebhookSecrets,
  webhookSecret,
} from '@tellwire/domain'
import { createTestDatabase, type TestDatabase } from '@tellwire/testing'
import { expect, test as base } from 'vitest'

const empty = new Uint8Array()
const newKey = () => randomBytes(32).toString('base64')

const command = fileURLToPath(new URL('../../apps/api/dist/rotate-secrets.js', import.meta.url))
const run = promisify(execFile)

const test = base.extend<{ database: TestDatabase; db: ReturnType<typeof connectDatabase> }>({
  database: async ({}, use) => use(await createTestDatabase()),
  db: async ({ database }, use) => {
    const db = connectDatabase({ url: database.engineUrl, poolMax: 4 })
    await use(db)
    await db.$disconnect()
  },
})

async function makeSecrets(db: ReturnType<typeof connectDatabase>, secretKey: string, bots: number) {
  const sealer = await openSealer(db, secretKey)
  const tenantId = newId()
  await db.tenant.create({ data: { id: tenantId, name: 'x' } })
  const made = Array.from({ length: bots }, (_, index) => {
    const bot = { tenantId: index % 2 === 0 ? tenantId : null, telegramId: BigInt(1_000_000_000 + index) }
    return {
      id: newId(),
      ...bot,
      username: `bot_${index}`,
      displayName: 'x',
      updateMode: 'polling',
      tokenSealed: sealBotToken(sealer, bot, `token ${index}`),
    }
  })
  await db.bot.createMany({ data: made })
  const endpoint = { tenantId, id: newId() }
  await db.webhookEndpoint.create({
    data: {
      ...endpoint,
      url: 'https://example.com/',
      secretSealed: sealWebhookSecrets(sealer, endpoint, ['now']),
      previousSecretSealed: sealWebhookSecrets(sealer, endpoint, ['before', 'earlier']),
      headersSealed: sealWebhookHeaders(sealer, endpoint, { a: 'b' }),
    },
  })
  const [first, second] = made
  if (!first || !second) throw new Error('two bots are needed')
  return { endpoint, bots: made, first, second }
}

test('all that is sealed is known to the rotation', async ({ db }) => {
  const columns = await db.$queryRaw<{ column: string }[]>`
    SELECT c.relname || '.' || a.attname AS column
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
      AND a.atttypid = 'bytea'::regtype AND a.attname LIKE '%sealed'`

  expect(columns.map(({ column }) => column).toSorted()).toEqual(
    Object.values(sealedTables)
      .flatMap(({ name, columns }) => columns.map((column) => `${name}.${column}`))
      .toSorted(),
  )
})

test('after a rotation the former key opens nothing, and is needed for nothing', async ({ db }) => {
  const [former, present] = [newKey(), newKey()]
  const { endpoint, bots, first } = await makeSecrets(db, former, 1_200)
  const before = await openSealer(db, former)
  const told = webhookSecret(before, first.telegramId, 0)
  const both = await openSealer(db, `${present},${former}`)
  expect(await countFormerlySealed(db, both)).toBe(1_202)

  expect(await resealSecrets(db, both)).toEqual([
    { table: 'lasting_keys', resealed: 1, unreadable: 0 },
    { table: 'bots', resealed: 1_200, unreadable: 0 },
    { table: 'webhook_endpoints', resealed: 3, unreadable: 0 },
    { table: 'idempotency_keys', resealed: 0, unreadable: 0 },
  ])

  expect(await countFormerlySealed(db, both)).toBe(0)
  // Until Telegram was told, what it was told before is taken.
  expect(readWebhookSecret(both, first.telegramId, told)).toBe(0)
  const after = await openSealer(db, present)
  const rows = await db.bot.findMany({ orderBy: { telegramId: 'asc' } })
  expect(rows.map((bot) => unsealBotToken(after, bot))).toEqual(bots.map((_, index) => `token ${index}`))
  expect(rows.every(({ webhookSecretVersion }) => webhookSecretVersion === 1)).toBe(true)
  expect(readWebhookSecret(after, first.telegramId, told)).toBeUndefined()
  const kept = await db.webhookEndpoint.findUniqueOrThrow({ where: { tenantId_id: endpoint } })
  expect(unsealWebhookSecrets(after, endpoint, kept.secretSealed)).toEqual(['now'])
  expect(unsealWebhookSecrets(after, endpoint, kept.previousSecretSealed ?? empty)).toEqual(['before', 'earlier'])
  expect(unsealWebhookHeaders(after, endpoint, kept.headersSealed ?? empty)).toEqual({ a: 'b' })
  expect(after.isDerived('button', 'x', before.derive('button', 'x'))).toBe(true)
  expect(rows.some((bot) => opens(() => unsealBotToken(before, bot)))).toBe(false)
  await expect(openSealer(db, former)).rejects.toThrow('SECRET_KEY lacks a key with which secrets in this database')
})

test('the command says what it did', async ({ database, db }) => {
  const [former, present] = [newKey(), newKey()]
  await makeSecrets(db, former, 2)
  const rotate = async (secretKey: string) => {
    const env = { DATABASE_URL: database.engineUrl, SECRET_KEY: secretKey, PATH: process.env['PATH'] }
    return run(process.execPath, [command], { env }).catch(
      (error: unknown) => error as { stdout: string; stderr: string },
    )
  }

  expect((await rotate(`${present},${former}`)).stdout).toBe(
    [
      'lasting_keys: 1 sealed anew, 0 left that no key here opens',
      'bots: 2 sealed anew, 0 left that no key here opens',
      'webhook_endpoints: 3 sealed anew, 0 left that no key here opens',
      'idempotency_keys: 0 sealed anew, 0 left that no key here opens',
      'All secrets are sealed with the first key. Take the others out of SECRET_KEY, and start the services anew.',
      '',
    ].join('\n'),
  )
  expect((await rotate(former)).stderr).toMatch(
    /^SECRET_KEY lacks a key with which secrets in this database were sealed/,
  )
})

test('a rotation that was cut off goes on, and leaves what it cannot read', async ({ db }) => {
  const [former, present] = [newKey(), newKey()]
  const { first, second } = await makeSecrets(db, former, 3)
  const stranger = sealBotToken(createSealer(newKey()), second, 'x')
  await db.bot.update({ where: { id: second.id }, data: { tokenSealed: stranger } })
  const both = await openSealer(db, `${present},${former}`)
  await db.bot.update({ where: { id: first.id }, data: { tokenSealed: sealBotToken(both, first, 'token 0') } })

  const [, ofBots] = await resealSecrets(db, both)
  const [, again] = await resealSecrets(db, both)

  expect(ofBots).toEqual({ table: 'bots', resealed: 1, unreadable: 1 })
  expect(again).toEqual({ table: 'bots', resealed: 0, unreadable: 1 })
  expect(await readFormerlySealed(db, sealedTables.bots, { mark: both.mark, countMax: 10 })).toHaveLength(1)
})

test('a weak key is refused in front, and taken behind another', async ({ db }) => {
  const weak = Buffer.alloc(32).toString('base64')

  await expect(openSealer(db, weak)).rejects.toThrow(/^SECRET_KEY is too weak: it has only 1 different bytes of 32\./)
  await expect(openSealer(db, `${newKey()},${weak}`)).resolves.toBeDefined()
})

function opens(unseal: () => string): boolean {
  try {
    unseal()
    return true
  } catch {
    return false
  }
}
