import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import {
  acceptNotifications,
  acquireLanes,
  cancelDeliveries,
  claimDeliveries,
  completeBroadcast,
  connectDatabase,
  connectEngine,
  type Database,
  type DeliveryStatus,
  deliveryStatuses,
  endCancelledDeliveries,
  expandBroadcast,
  expireDeliveries,
  failForConnections,
  finalStatuses,
  findBroadcast,
  holdForConnections,
  moves,
  newId,
  type NotificationToAccept,
  type Pool,
  releaseAwaitingDeliveries,
  releaseDueDeliveries,
  replayDeliveries,
  settleDeliveries,
  type Settlement,
  type Verb,
} from '@tellwire/db'
import { createTestDatabase } from '@tellwire/testing'
import pg from 'pg'
import { expect, test as base } from 'vitest'
import { claimFrom } from './engine-lab.js'

interface Connection {
  id: string
  tenantId: string
  userId: string
  botId: string
  chatId: bigint
}

interface Subject {
  tenantId: string
  notificationId: string
  deliveryId: string
  connection: Connection
}

interface Lab {
  db: Database
  engine: Pool
  owner: pg.Client
}

const test = base.extend<{ lab: Lab }>({
  lab: [
    async ({}, use) => {
      const { ownerUrl, engineUrl } = await createTestDatabase()
      const owner = new pg.Client({ connectionString: ownerUrl })
      await owner.connect()
      const db = connectDatabase({ url: engineUrl })
      const engine = connectEngine({ url: engineUrl })
      await use({ db, engine, owner })
      await Promise.all([owner.end(), db.$disconnect(), engine.end()])
    },
    { scope: 'file' },
  ],
})

/** Every time that is kept in JSON has this form. */
const jsonTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/
const inAnHour = (): Date => new Date(Date.now() + 3_600_000)

/** A tenant with a bot and a user, whose connection is made but in the case of one who is waited for. */
async function arrange({ db }: Lab, isConnected: boolean): Promise<Connection> {
  const tenantId = newId()
  const botId = newId()
  const chatId = BigInt(Math.floor(Math.random() * 1e12) + 1)
  await db.tenant.create({ data: { id: tenantId, name: 'Acme' } })
  await db.bot.create({
    data: {
      id: botId,
      telegramId: BigInt(Math.floor(Math.random() * 1e12) + 1),
      username: botId,
      displayName: 'bot',
      tokenSealed: new Uint8Array(1),
      updateMode: 'polling',
    },
  })
  await db.botAccess.create({ data: { tenantId, botId } })
  await db.$executeRaw`INSERT INTO lanes (bot_id) VALUES (${botId}::uuid) ON CONFLICT DO NOTHING`
  await db.user.create({ data: { tenantId, userId: 'u' } })
  await db.chat.create({ data: { botId, chatId, type: 'private' } })
  const connection = { tenantId, id: newId(), userId: 'u', botId, chatId }
  if (isConnected) await db.connection.create({ data: connection })
  return connection
}

async function accept(
  lab: Lab,
  connection: Connection,
  fields: Partial<NotificationToAccept> = {},
): Promise<Omit<Subject, 'deliveryId'>> {
  const { tenantId } = connection
  const notificationId = newId()
  await acceptNotifications(lab.engine, [
    {
      isAtomic: false,
      idempotency: undefined,
      notifications: [
        {
          id: notificationId,
          tenantId,
          target: { user_id: 'u' },
          audience: { kind: 'users', userIds: ['u'] },
          priority: 'normal',
          content: { format: 'plain', text: 'x', options: {} },
          metadata: undefined,
          requestId: 'r',
          traceparent: undefined,
          sendAt: undefined,
          expiresAt: undefined,
          onUnknown: 'resend',
          awaitsUsers: false,
          dedupe: undefined,
          facts: {},
          ...fields,
        },
      ],
    },
  ])
  return { tenantId, notificationId, connection }
}

async function makeQueued(lab: Lab, fields: Partial<NotificationToAccept> = {}): Promise<Subject> {
  return withDelivery(lab, await accept(lab, await arrange(lab, true), fields))
}

async function withDelivery({ db }: Lab, subject: Omit<Subject, 'deliveryId'>): Promise<Subject> {
  const { id } = await db.delivery.findFirstOrThrow({ where: { notificationId: subject.notificationId } })
  return { ...subject, deliveryId: id }
}

/** Takes the lane, and the delivery if it is in it. @returns the turn. */
async function claim({ engine, owner }: Lab, { connection: { botId } }: Subject): Promise<string> {
  const turnId = randomUUID()
  await owner.query('UPDATE lanes SET holder = NULL, lease_until = NULL WHERE bot_id = $1', [botId])
  await acquireLanes(engine, [{ botId, turnId }])
  await claimDeliveries(engine, [claimFrom({ botId, turnId }, { countsMax: [10, 10, 10] })])
  return turnId
}

interface SettleOptions {
  claimedBy?: string
  failureClass?: string
  mayHaveArrived?: boolean
  isUnknownPart?: boolean
}

async function settle(
  lab: Lab,
  subject: Subject,
  result: Settlement['result'],
  { claimedBy, failureClass = 'message', mayHaveArrived = false, isUnknownPart = false }: SettleOptions = {},
): Promise<void> {
  const turnId = claimedBy ?? (await claim(lab, subject))
  const isFailure = result === 'failed' || result === 'unknown'
  await settleDeliveries(lab.engine, [
    {
      id: subject.deliveryId,
      turnId,
      result,
      messageIds: result === 'sent' ? [1] : [],
      failure: isFailure ? { code: 'message_refused', class: failureClass, at: new Date().toISOString() } : undefined,
      dropped: undefined,
      retryInMs: undefined,
      pauseChatMs: undefined,
      answeredAgoMs: 1,
      isGroup: false,
      messageCount: 1,
      mayHaveArrived,
      isUnknownPart,
    },
  ])
}

/** Somebody has blocked the bot of a tenant who wants held what waits for them. */
async function blockAndHold(
  db: Lab['db'],
  { tenantId, connection }: Pick<Subject, 'tenantId' | 'connection'>,
): Promise<void> {
  await db.tenant.update({ where: { id: tenantId }, data: { onUnreachable: 'hold' } })
  await db.connection.updateMany({ where: { id: connection.id }, data: { status: 'blocked' } })
}

/** A turn has claimed it, and died. */
async function loseTurn(lab: Lab, subject: Subject): Promise<void> {
  await claim(lab, subject)
  await lab.owner.query('UPDATE lanes SET holder = NULL, taken_at = NULL, lease_until = NULL WHERE bot_id = $1', [
    subject.connection.botId,
  ])
}

async function ended(lab: Lab, result: Settlement['result']): Promise<Subject> {
  const subject = await makeQueued(lab)
  await settle(lab, subject, result)
  return subject
}

/** How a delivery gets into each state. */
const make: Record<DeliveryStatus, (lab: Lab) => Promise<Subject>> = {
  awaiting_user: async (lab) => withDelivery(lab, await accept(lab, await arrange(lab, false), { awaitsUsers: true })),
  scheduled: (lab) => makeQueued(lab, { sendAt: inAnHour() }),
  queued: (lab) => makeQueued(lab),
  sent: (lab) => ended(lab, 'sent'),
  failed: (lab) => ended(lab, 'failed'),
  expired: (lab) => ended(lab, 'expired'),
  unknown: (lab) => ended(lab, 'unknown'),
  cancelled: async (lab) => {
    const subject = await makeQueued(lab)
    await cancelDeliveries(lab.db, subject.tenantId, subject.notificationId)
    return subject
  },
}

async function untilSomebodyWaits({ owner }: Lab): Promise<void> {
  for (;;) {
    const { rowCount } = await owner.query(
      "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
    )
    if (rowCount) return
    await delay(10)
  }
}

type Act = (lab: Lab, subject: Subject) => Promise<unknown>

async function connect(lab: Lab, { connection }: Subject): Promise<void> {
  await lab.db.connection.upsert({
    where: { tenantId_id: { tenantId: connection.tenantId, id: connection.id } },
    create: connection,
    update: {},
  })
  await releaseAwaitingDeliveries(lab.db, connection)
}

async function release(lab: Lab, { deliveryId }: Subject): Promise<void> {
  await lab.owner.query(
    "UPDATE waiting_deliveries SET due_at = now() - interval '1 second' WHERE id = $1 AND due_at IS NOT NULL",
    [deliveryId],
  )
  await releaseDueDeliveries(lab.engine, 100)
}

async function expire(lab: Lab, { deliveryId }: Subject): Promise<void> {
  for (const table of ['pending_deliveries', 'waiting_deliveries']) {
    await lab.owner.query(`UPDATE ${table} SET expires_at = now() - interval '1 second' WHERE id = $1`, [deliveryId])
  }
  await expireDeliveries(lab.engine, 100)
}

/** What each verb does to a delivery, whatever state it is in. */
const verbs: Record<Exclude<Verb, 'accept' | 'expand'>, Act> = {
  connect,
  release,
  settle: (lab, subject) => settle(lab, subject, 'sent'),
  expire,
  cancel: ({ db }, { tenantId, notificationId }) => cancelDeliveries(db, tenantId, notificationId),
  hold: async ({ db }, { tenantId, connection }) => {
    await blockAndHold(db, { tenantId, connection })
    await holdForConnections(db, [connection])
  },
  disconnect: async ({ db, owner }, { deliveryId, connection }) => {
    // One that awaits its user may have been held for a connection, which ends.
    await owner.query(
      'UPDATE waiting_deliveries SET connection_id = $2 WHERE id = $1 AND connection_id IS NULL AND due_at IS NULL',
      [deliveryId, connection.id],
    )
    await failForConnections(db, 'gone', [connection])
  },
  replay: ({ db }, { tenantId, notificationId }) =>
    replayDeliveries(
      db,
      tenantId,
      { notificationId, deliveryId: undefined, userId: undefined, reason: undefined, from: undefined, to: undefined },
      10,
    ),
}

interface Picture {
  status: string
  endedAt: Date | null
  failureAt: string | null
  /** Rows of the lane, and of those that wait outside it. */
  places: { pending: number; waiting: number }
  events: string[]
}

async function look({ db }: Lab, { tenantId, deliveryId }: Subject): Promise<Picture> {
  const delivery = await db.delivery.findUniqueOrThrow({ where: { tenantId_id: { tenantId, id: deliveryId } } })
  const events = await db.event.findMany({ where: { tenantId }, orderBy: { id: 'asc' } })
  return {
    status: delivery.status,
    endedAt: delivery.endedAt,
    failureAt: (delivery.failure as { at: string } | null)?.at ?? null,
    places: {
      pending: await db.pendingDelivery.count({ where: { id: deliveryId } }),
      waiting: await db.waitingDelivery.count({ where: { id: deliveryId } }),
    },
    events: events.map(({ type }) => type),
  }
}

function expectWhole({ status, endedAt, failureAt, places }: Picture): void {
  const isWaiting = status === 'awaiting_user' || status === 'scheduled'
  expect(places).toEqual({ pending: status === 'queued' ? 1 : 0, waiting: isWaiting ? 1 : 0 })
  expect(endedAt !== null).toBe(!isWaiting && status !== 'queued')
  if (failureAt !== null) expect(failureAt).toMatch(jsonTime)
}

const cases = deliveryStatuses.flatMap((from) =>
  Object.entries(verbs).map(([verb, act]) => ({
    from,
    verb,
    act,
    to: moves.find((move) => move.by === verb && move.from === from)?.to,
  })),
)

test.for(cases)('$verb of one that is $from', async ({ from, act, to }, { lab }) => {
  const subject = await make[from](lab)
  const before = await look(lab, subject)

  await act(lab, subject)

  const after = await look(lab, subject)
  expect(before.status).toBe(from)
  expectWhole(before)
  expectWhole(after)
  if (to === undefined) expect(after).toEqual(before)
  else expect(to).toContain(after.status)
  if (to && !to.includes(from)) expect(after.status).not.toBe(from)
})

/** Moves that a verb makes under a condition of their own. */
const conditional: {
  by: Verb
  from: DeliveryStatus
  to: DeliveryStatus
  act: Act
  fields?: Partial<NotificationToAccept>
}[] = [
  ...(['failed', 'expired', 'unknown'] as const).map((to) => ({
    by: 'settle' as const,
    from: 'queued' as const,
    to,
    act: (lab: Lab, subject: Subject) => settle(lab, subject, to),
  })),
  { by: 'settle', from: 'queued', to: 'queued', act: (lab, subject) => settle(lab, subject, 'retry') },
  {
    by: 'settle',
    from: 'queued',
    to: 'cancelled',
    act: async (lab, subject) => {
      const turnId = await claim(lab, subject)
      await cancelDeliveries(lab.db, subject.tenantId, subject.notificationId)
      await settle(lab, subject, 'release', { claimedBy: turnId })
    },
  },
  {
    by: 'settle',
    from: 'queued',
    to: 'awaiting_user',
    act: async (lab, subject) => {
      await blockAndHold(lab.db, subject)
      await settle(lab, subject, 'failed', { failureClass: 'recipient' })
    },
  },
  {
    by: 'release',
    from: 'scheduled',
    to: 'failed',
    fields: { sendAt: inAnHour() },
    act: async (lab, subject) => {
      await lab.db.connection.updateMany({ where: { id: subject.connection.id }, data: { status: 'blocked' } })
      await release(lab, subject)
    },
  },
  {
    by: 'release',
    from: 'scheduled',
    to: 'awaiting_user',
    fields: { sendAt: inAnHour() },
    act: async (lab, subject) => {
      await blockAndHold(lab.db, subject)
      await release(lab, subject)
    },
  },
  ...(
    [
      ['active', 'queued'],
      ['stopped', 'failed'],
    ] as const
  ).map(([status, to]) => ({
    by: 'release' as const,
    from: 'awaiting_user' as const,
    to,
    act: async (lab: Lab, subject: Subject) => {
      await blockAndHold(lab.db, subject)
      await settle(lab, subject, 'failed', { failureClass: 'recipient' })
      // At the moment of the refusal the person did something, of which the refusal's record has not heard.
      await lab.db.connection.updateMany({ where: { id: subject.connection.id }, data: { status } })
      await release(lab, subject)
    },
  })),
  ...(['expire', 'cancel'] as const).map((by) => ({
    by,
    from: 'queued' as const,
    to: 'unknown' as const,
    act: async (lab: Lab, subject: Subject) => {
      await loseTurn(lab, subject)
      await verbs[by](lab, subject)
    },
  })),
]

test.for(conditional)('$by of one that is $from leads to $to', async ({ by, from, to, act, fields }, { lab }) => {
  const subject = await makeQueued(lab, fields)

  await act(lab, subject)

  const after = await look(lab, subject)
  expect(moves.find((move) => move.by === by && move.from === from)?.to).toContain(to)
  expect(after.status).toBe(to)
  expectWhole(after)
  if (finalStatuses.some((status) => status === to))
    expect(after.events.filter((type) => type === `notification.${to}`)).toHaveLength(1)
})

test('one that waits for its user and its time is scheduled when the user connects', async ({ lab }) => {
  const subject = await withDelivery(
    lab,
    await accept(lab, await arrange(lab, false), { awaitsUsers: true, sendAt: inAnHour() }),
  )

  await connect(lab, subject)

  expect((await look(lab, subject)).status).toBe('scheduled')
})

test('expanding makes deliveries that are queued', async ({ lab }) => {
  const connection = await arrange(lab, true)
  const accepted = await accept(lab, connection, { target: { everyone: true }, audience: { kind: 'everyone' } })
  const broadcast = await findBroadcast(lab.engine, accepted)
  if (!broadcast) throw new Error('there is no broadcast')

  await expandBroadcast(lab.engine, broadcast, 100)

  expect((await look(lab, await withDelivery(lab, accepted))).status).toBe('queued')
})

test('of a notification that is being cancelled nothing is replayed', async ({ lab }) => {
  const subject = await make.failed(lab)
  const { tenantId, notificationId } = subject
  await lab.owner.query('BEGIN')
  // As it begins: what comes back now would be seen by nobody who cancels.
  await lab.owner.query('UPDATE notifications SET cancelled_at = now() WHERE tenant_id = $1 AND id = $2', [
    tenantId,
    notificationId,
  ])

  const during = await verbs.replay(lab, subject)
  await lab.owner.query('COMMIT')
  const after = await verbs.replay(lab, subject)

  expect([during, after]).toMatchObject([{ replayed: 0 }, { replayed: 0 }])
  expect((await look(lab, subject)).status).toBe('failed')
})

test('a broadcast is not over whose deliveries are being replayed', async ({ lab }) => {
  const connection = await arrange(lab, true)
  const accepted = await accept(lab, connection, { target: { everyone: true }, audience: { kind: 'everyone' } })
  const broadcast = await findBroadcast(lab.engine, accepted)
  if (!broadcast) throw new Error('there is no broadcast')
  await expandBroadcast(lab.engine, broadcast, 100)
  const subject = await withDelivery(lab, accepted)
  await settle(lab, subject, 'failed')
  const replaying = await lab.engine.connect()
  await replaying.query('BEGIN')
  await replayDeliveries(replaying as unknown as Pool, accepted.tenantId, accepted, 10)

  const completing = completeBroadcast(lab.engine, accepted)
  // It waits for the replay, or has seen already that there is something.
  await delay(200)
  await replaying.query('COMMIT')
  replaying.release()

  expect(await completing).toBe(false)
  expect((await look(lab, subject)).places.pending).toBe(1)
  expect(await findBroadcast(lab.engine, accepted)).toBeDefined()
})

test('a cancel leaves in flight what is claimed while it begins', async ({ lab }) => {
  const subject = await makeQueued(lab)
  const { botId } = subject.connection
  const turnId = randomUUID()
  const claiming = await lab.engine.connect()
  await claiming.query('BEGIN')
  await claiming.query('UPDATE pending_deliveries SET claimed_by = $1 WHERE id = $2', [turnId, subject.deliveryId])

  const cancelling = cancelDeliveries(lab.engine, subject.tenantId, subject.notificationId)
  // It has begun when it waits for the row, and sees the lane as it was before somebody took it.
  await untilSomebodyWaits(lab)
  await acquireLanes(lab.engine, [{ botId, turnId }])
  await claiming.query('COMMIT')
  claiming.release()

  expect(await cancelling).toEqual({ cancelled: 0, unknown: 0, inFlight: 1 })
  await settle(lab, subject, 'sent', { claimedBy: turnId })
  expect((await look(lab, subject)).status).toBe('sent')
})

test('a claim and an edit never pass each other by', async ({ lab }) => {
  const subject = await makeQueued(lab)
  const turn = { botId: subject.connection.botId, turnId: randomUUID() }
  await acquireLanes(lab.engine, [turn])
  const edit = `UPDATE notification_contents SET text = 'new' WHERE notification_id = '${subject.notificationId}'`

  await lab.owner.query('BEGIN')
  await lab.owner.query(edit)
  const [whileEdited] = await claimDeliveries(lab.engine, [claimFrom(turn)])
  await lab.owner.query('ROLLBACK')
  const claiming = await lab.engine.connect()
  await claiming.query('BEGIN')
  const [claimed] = await claimDeliveries(claiming as unknown as Pool, [claimFrom(turn)])
  let isEdited = false
  const editing = lab.owner.query(edit).then(() => (isEdited = true))
  await delay(200)
  const isEditedBeforeClaimed = isEdited
  await claiming.query('COMMIT')
  claiming.release()
  await editing

  // It is looked at again in a moment.
  expect(whileEdited).toMatchObject({ deliveries: [], isAnyLocked: true })
  expect(claimed?.deliveries).toMatchObject([{ content: { text: 'x' } }])
  // Who edits sees what is claimed by then, and edits it when it was sent.
  expect(isEditedBeforeClaimed).toBe(false)
})

/** How a message may have arrived that is to be sent again. */
const doubts: Record<string, Act> = {
  'whose answer was lost': (lab, subject) => settle(lab, subject, 'retry', { mayHaveArrived: true }),
  'whose turn died, and that the next one gave back': async (lab, subject) => {
    await loseTurn(lab, subject)
    await settle(lab, subject, 'release', { mayHaveArrived: true })
  },
  'that is not to be repeated, whose turn died': async (lab, subject) => {
    await settle(lab, subject, 'advance', { isUnknownPart: true })
  },
}
const lastWords: Record<string, Act> = {
  cancel: verbs.cancel,
  expire: verbs.expire,
  'settle as expired': (lab, subject) => settle(lab, subject, 'expired'),
  'settle as cancelled while it is sent': async (lab, subject) => {
    const turnId = await claim(lab, subject)
    await verbs.cancel(lab, subject)
    await settle(lab, subject, 'release', { claimedBy: turnId })
  },
}
const doubtful = Object.entries(doubts).flatMap(([doubt, make]) =>
  Object.entries(lastWords).map(([verb, end]) => ({ doubt, make, verb, end })),
)

test.for(doubtful)('$verb of one $doubt leads to unknown', async ({ make, end }, { lab }) => {
  const subject = await makeQueued(lab)
  await make(lab, subject)

  await end(lab, subject)

  const after = await look(lab, subject)
  expect(after.status).toBe('unknown')
  expectWhole(after)
  expect(after.events).toEqual(['notification.accepted', 'notification.unknown'])
})

test('one whose answer was lost, and that is sent again, is sent', async ({ lab }) => {
  const subject = await makeQueued(lab)
  await settle(lab, subject, 'retry', { mayHaveArrived: true })

  await settle(lab, subject, 'sent')

  expect((await look(lab, subject)).status).toBe('sent')
})

test('one that was cancelled while it was sent ends when its turn has died', async ({ lab }) => {
  const subject = await makeQueued(lab)
  const turnId = await claim(lab, subject)
  await verbs.cancel(lab, subject)
  const during = await endCancelledDeliveries(lab.engine, 100)
  await lab.owner.query(
    "UPDATE lanes SET lease_until = clock_timestamp() - interval '1 minute', taken_at = NULL WHERE holder = $1",
    [turnId],
  )

  const after = await endCancelledDeliveries(lab.engine, 100)

  expect([during, after]).toEqual([
    { ended: 0, unknown: 0 },
    { ended: 1, unknown: 1 },
  ])
  const picture = await look(lab, subject)
  expect(picture.status).toBe('unknown')
  expectWhole(picture)
})

const losses = {
  'whose lease is over': "lease_until = clock_timestamp(), taken_at = clock_timestamp() - interval '1 hour'",
  'whose lane has just been taken': "holder = uuidv7(), taken_at = clock_timestamp() - interval '1 second'",
}
const lateWords = Object.entries(losses).flatMap(([turn, loss]) =>
  (['cancel', 'expire'] as const).map((verb) => ({ verb, turn, loss })),
)

test.for(lateWords)('$verb leaves a turn $turn a moment to say what it knows', async ({ verb, loss }, { lab }) => {
  const subject = await makeQueued(lab)
  const turnId = await claim(lab, subject)
  await lab.owner.query(`UPDATE lanes SET ${loss} WHERE holder = $1`, [turnId])

  await verbs[verb](lab, subject)
  await settle(lab, subject, 'sent', { claimedBy: turnId })

  expect((await look(lab, subject)).status).toBe('sent')
})

test('every move of the page is tried here', () => {
  const tried = [
    ...cases.flatMap(({ verb, from, to }) => (to ? [`${verb} ${from}`] : [])),
    'accept null',
    'expand null',
  ]
  const outcomes = new Set(conditional.map(({ by, from, to }) => `${by} ${from} ${to}`))

  expect(moves.map(({ by, from }) => `${by} ${from}`).filter((move) => !tried.includes(move))).toEqual([])
  // The first outcome of each move is that of the matrix.
  const unusual = moves.flatMap(({ by, from, to }) => to.slice(1).map((each) => `${by} ${from} ${each}`))
  const elsewhere = ['accept null scheduled', 'accept null queued', 'connect awaiting_user queued']
  expect(unusual.filter((outcome) => !outcomes.has(outcome) && !elsewhere.includes(outcome))).toEqual([])
})
