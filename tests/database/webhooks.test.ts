import {
  connectDatabase,
  type Database,
  dropDueWebhooks,
  type EventPosition,
  findDueWebhooks,
  firstPosition,
  idFloor,
  moveEventCursor,
  type NewWebhook,
  newId,
  readEventCursor,
  readEventGate,
  readNewWebhooks,
  replayWebhooks,
  settleFailedWebhooks,
  settleTakenWebhooks,
  storeWebhooks,
  type WebhookAttemptToSettle,
} from '@tellwire/db'
import { eventually } from '@tellwire/testing'
import { expect, test as base } from 'vitest'
import { type EngineLab, withEngineLab } from './engine-lab.js'

interface Lab extends EngineLab {
  db: Database
  tenantId: string
  newEndpoint: (types?: string[]) => Promise<string>
  /** Writes events, one transaction each, and waits until they can be read. */
  happen: (...texts: string[]) => Promise<void>
  read: (after?: EventPosition) => Promise<NewWebhook[]>
}

const test = base.extend<{ lab: Lab }>({
  lab: async ({}, use) => {
    await withEngineLab(async (lab) => {
      const db = connectDatabase({ url: lab.url, poolMax: 2 })
      const { id: tenantId } = await db.tenant.create({ data: { id: newId(), name: 'Acme' } })
      const newEndpoint = async (types: string[] = []) => {
        const endpoint = { tenantId, id: newId(), url: 'https://example.com/', secretSealed: Buffer.of(1), types }
        return (await db.webhookEndpoint.create({ data: endpoint })).id
      }
      const happen = async (...texts: string[]) => {
        for (const text of texts) await db.event.create({ data: { tenantId, type: 'link.used', data: { text } } })
        const { nextXid } = await readEventGate(lab.engine)
        await eventually(
          () => readEventGate(lab.engine),
          ({ xmin }) => xmin >= nextXid,
        )
      }
      const read = async (after = firstPosition) =>
        (await readNewWebhooks(lab.engine, { after, countMax: 100 })).webhooks
      await use({ ...lab, db, tenantId, newEndpoint, happen, read })
      await db.$disconnect()
    })
  },
})

const textsOf = (webhooks: readonly { event: { data: Record<string, unknown> } | undefined }[]): unknown[] =>
  webhooks.map(({ event }) => event?.data['text'])

const attemptOf = (
  { id, endpointId, eventId, attempts, event }: NewWebhook,
  given: Partial<WebhookAttemptToSettle> = {},
): WebhookAttemptToSettle => ({
  id,
  tenantId: event.tenantId,
  endpointId,
  eventXid: event.xid,
  eventId,
  eventType: event.type,
  url: 'https://app.example.com/',
  attempts,
  outcome: 'taken',
  retryInMs: undefined,
  isGone: false,
  status: 200,
  failure: undefined,
  latencyMs: 1,
  answer: undefined,
  ...given,
})

const failed = { outcome: 'failed', status: 500, retryInMs: -1_000 } as const

async function dueOf({ engine, tenantId }: Lab, endpointId: string) {
  return (await findDueWebhooks(engine, { rooms: [{ tenantId, endpointId, count: 100 }], held: [] })).webhooks
}

test('what is new is read in the order of the log, once for each endpoint that wants it', async ({ lab }) => {
  const [all, some] = [await lab.newEndpoint(), await lab.newEndpoint(['user.%'])]
  await lab.happen('a', 'b', 'c')

  const read = await readNewWebhooks(lab.engine, { after: firstPosition, countMax: 2 })
  expect([textsOf(read.webhooks), read.scanned]).toEqual([['a', 'b'], 2])
  expect(read.webhooks.map(({ endpointId }) => endpointId)).toEqual([all, all])
  expect(read.webhooks.map(({ endpointId }) => endpointId)).not.toContain(some)

  const rest = await readNewWebhooks(lab.engine, { after: read.position, countMax: 2 })
  expect([textsOf(rest.webhooks), rest.scanned, rest.isAhead]).toEqual([['c'], 1, false])
  expect(await lab.read(rest.position)).toEqual([])
})

test('who reads from the same place again gets neither what was taken nor what is stored', async ({ lab }) => {
  const endpointId = await lab.newEndpoint()
  await lab.happen('taken', 'failed', 'stored', 'open')
  const [taken, bad, stored] = (await lab.read()) as [NewWebhook, NewWebhook, NewWebhook]

  await settleTakenWebhooks(lab.engine, [attemptOf(taken)])
  await settleFailedWebhooks(lab.engine, [attemptOf(bad, failed)])
  await storeWebhooks(lab.engine, [stored])

  expect(textsOf(await lab.read())).toEqual(['open'])
  const due = await dueOf(lab, endpointId)
  expect(due.map(({ attempts, event }) => [event?.data['text'], attempts])).toEqual([
    ['failed', 1],
    ['stored', 0],
  ])
})

test('what was stored twice, or taken before, waits once or not at all', async ({ lab }) => {
  const endpointId = await lab.newEndpoint()
  await lab.happen('a', 'b')
  const [first, second] = (await lab.read()) as [NewWebhook, NewWebhook]
  await settleTakenWebhooks(lab.engine, [attemptOf(first)])

  await storeWebhooks(lab.engine, [first, second])
  await storeWebhooks(lab.engine, [second])
  expect(textsOf(await dueOf(lab, endpointId))).toEqual(['b'])

  // It was on its way when it was asked for once more.
  await settleTakenWebhooks(lab.engine, [attemptOf(second)])
  expect(await dueOf(lab, endpointId)).toEqual([])
})

test('nothing is stored or recorded for an endpoint that is disabled, or is no more', async ({ lab }) => {
  const [gone, deleted] = [await lab.newEndpoint(), await lab.newEndpoint()]
  await lab.happen('a', 'b')
  const webhooks = await lab.read()
  const ofGone = webhooks.filter(({ endpointId }) => endpointId === gone)
  await lab.db.webhookEndpoint.delete({ where: { tenantId_id: { tenantId: lab.tenantId, id: deleted } } })

  const [told, late] = ofGone as [NewWebhook, NewWebhook]
  await settleFailedWebhooks(lab.engine, [attemptOf(told, { outcome: 'given_up', status: 410, isGone: true })])
  await settleFailedWebhooks(lab.engine, [attemptOf(late, failed)])
  await storeWebhooks(lab.engine, webhooks)
  for (const one of webhooks.filter(({ endpointId }) => endpointId === deleted)) {
    expect(await settleTakenWebhooks(lab.engine, [attemptOf(one)])).toEqual(new Set())
    expect(await settleFailedWebhooks(lab.engine, [attemptOf(one, failed)])).toEqual(new Set())
  }

  expect(await lab.db.webhookDelivery.count()).toBe(0)
  const attempts = await lab.db.webhookAttempt.findMany({ orderBy: { id: 'asc' } })
  expect(attempts.map(({ endpointId, outcome }) => [endpointId, outcome])).toEqual([
    [gone, 'given_up'],
    [gone, 'failed'],
  ])
  const events = await lab.db.event.findMany({ where: { type: { startsWith: 'webhook.' } } })
  expect(events.map(({ type }) => type)).toEqual(['webhook.disabled'])
})

test('a replay goes on where an answer has said, and sends each event once', async ({ lab }) => {
  const endpointId = await lab.newEndpoint()
  await lab.happen('a', 'b', 'c', 'd', 'e')
  const what = { tenantId: lab.tenantId, endpointId, fromId: idFloor(Date.now() - 60_000), eventId: undefined }
  const replayed: [number, number][] = []
  let after: EventPosition | undefined
  do {
    const { count, next } = await replayWebhooks(lab.engine, {
      ...what,
      after,
      isMissingOnly: false,
      isSelective: false,
      countMax: 2,
    })
    after = next
    replayed.push([count, await lab.db.webhookDelivery.count()])
  } while (after)

  expect(replayed).toEqual([
    [2, 2],
    [2, 4],
    [1, 5],
  ])
})

test('a row whose event is no longer kept is dropped, and judges no endpoint', async ({ lab }) => {
  const endpointId = await lab.newEndpoint()
  await lab.happen('a', 'b')
  await storeWebhooks(lab.engine, await lab.read())
  await lab.db.$executeRaw`DELETE FROM events WHERE data ->> 'text' = 'a'`
  const rooms = [{ tenantId: lab.tenantId, endpointId, count: 100 }]

  const { webhooks, withoutEvent } = await findDueWebhooks(lab.engine, { rooms, held: [] })
  await dropDueWebhooks(lab.engine, withoutEvent)

  expect([textsOf(webhooks), withoutEvent.length, await lab.db.webhookDelivery.count()]).toEqual([['b'], 1, 1])
})

test('a place in the log goes forward alone, and not to where nothing can be yet', async ({ lab }) => {
  await lab.happen('a')
  const { position } = await readEventGate(lab.engine)
  await moveEventCursor(lab.engine, 'webhooks', position)
  await moveEventCursor(lab.engine, 'webhooks', firstPosition)
  const ahead = { xid: String(BigInt(position.xid) + 1_000n), id: position.id }
  await moveEventCursor(lab.engine, 'webhooks', ahead)

  expect(await readEventCursor(lab.engine, 'webhooks')).toEqual(position)
  expect(await readNewWebhooks(lab.engine, { after: ahead, countMax: 10 })).toMatchObject({ isAhead: true })
})

test('nothing waits for an endpoint that somebody is changing: it is left out, and told of', async ({ lab }) => {
  const [busy, free] = [await lab.newEndpoint(), await lab.newEndpoint()]
  await lab.happen('a')
  const webhooks = await lab.read()
  const attempts = webhooks.map((webhook) => attemptOf(webhook))
  const waiting = async () => (await lab.db.webhookDelivery.findMany()).map(({ endpointId }) => endpointId)

  await lab.owner.query('BEGIN')
  await lab.owner.query('SELECT FROM webhook_endpoints WHERE id = $1 FOR UPDATE', [busy])
  expect(await storeWebhooks(lab.engine, webhooks)).toEqual(new Set([busy]))
  expect(await waiting()).toEqual([free])
  expect(await settleTakenWebhooks(lab.engine, attempts)).toEqual(new Set([busy]))
  expect(await waiting()).toEqual([])
  const refused = webhooks.map((webhook) => attemptOf(webhook, failed))
  expect(await settleFailedWebhooks(lab.engine, refused)).toEqual(new Set([busy]))
  await lab.owner.query('ROLLBACK')

  expect(await settleFailedWebhooks(lab.engine, refused)).toEqual(new Set())
  // The other has taken it.
  expect(await waiting()).toEqual([busy])
})

test('what was asked for once more while an attempt was made begins anew', async ({ lab }) => {
  const endpointId = await lab.newEndpoint()
  await lab.happen('a')
  const [webhook] = (await lab.read()) as [NewWebhook]
  await settleFailedWebhooks(lab.engine, [attemptOf(webhook, failed)])
  const [row] = await dueOf(lab, endpointId)
  await lab.db.webhookDelivery.updateMany({ data: { attempts: 0 } })

  await settleFailedWebhooks(lab.engine, [
    attemptOf(webhook, { ...failed, id: row?.id, attempts: row?.attempts ?? 0, retryInMs: 3_600_000 }),
  ])

  expect((await dueOf(lab, endpointId)).map(({ attempts }) => attempts)).toEqual([0])
})

test('nothing waits for rows that somebody is asking for once more, or withdrawing', async ({ lab }) => {
  const endpointId = await lab.newEndpoint()
  await lab.happen('a', 'b')
  const [first, second] = (await lab.read()) as [NewWebhook, NewWebhook]
  await storeWebhooks(lab.engine, [first, second])
  const rows = await dueOf(lab, endpointId)

  await lab.owner.query('BEGIN')
  await lab.owner.query('SELECT FROM webhook_deliveries FOR UPDATE')
  await settleTakenWebhooks(lab.engine, [attemptOf(first, { id: rows[0]?.id })])
  await settleFailedWebhooks(lab.engine, [attemptOf(second, { ...failed, id: rows[1]?.id })])
  await lab.owner.query('ROLLBACK')

  expect((await dueOf(lab, endpointId)).map(({ attempts }) => attempts)).toEqual([0, 0])
  expect(await lab.db.webhookAttempt.count()).toBe(2)
})
