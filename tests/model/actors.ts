import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import type { Json, Person, World } from '../e2e/world.js'
import type { History, Told } from './history.js'
import type { Step } from './steps.js'

const privateCount = 8
const groupCount = 2

/** Somebody who is written to: a person, or a group. */
interface Reader {
  userId: string
  person: Person
  /** The ids that the chat has had, the present one last. */
  chatIds: number[]
}

/** The service, who is in it, and what has happened so far. */
export interface Stage {
  world: World
  owner: pg.Client
  readers: Reader[]
  history: History
  apis: string[]
  /** How many calls were made: the APIs take turns. */
  calls: number
  /** What goes on beside the steps, such as a process that starts. */
  running: Set<Promise<unknown>>
}

export async function setStage(world: World): Promise<Stage> {
  const owner = new pg.Client({ connectionString: world.database.ownerUrl })
  await owner.connect()
  const apis = [world.api, await world.startApi()]
  await world.startWorker()
  const names = Array.from({ length: privateCount }, (_, index) => `person_${index}`)
  const readers: Reader[] = await Promise.all(
    names.map(async (userId) => {
      const person = await world.connect(userId)
      return { userId, person, chatIds: [person.id] }
    }),
  )
  for (let index = 0; index < groupCount; index++) {
    const person = await world.newPerson(`Member ${index}`)
    const userId = `group_${index}`
    const chatId = await world.connectGroup(userId, person, { administrators: [person.id] })
    readers.push({ userId, person, chatIds: [chatId] })
  }
  const history: History = { told: [], disturbedAtMs: [], floods: 0, refusedUsers: new Set() }
  return { world, owner, readers, history, apis, calls: 0, running: new Set() }
}

/** Does a step, and writes down what it may lead to. */
export async function take(stage: Stage, step: Step): Promise<void> {
  const { world, owner, readers, history, running } = stage
  switch (step.kind) {
    case 'accept':
      return accept(stage, step)
    case 'cancel':
    case 'pause':
    case 'resume':
    case 'edit':
    case 'delete':
      return change(stage, step.kind, step.which)
    case 'replay': {
      await call(stage, 'POST', '/v1/notifications/replay', { filter: { from: new Date(0).toISOString() } })
      for (const told of history.told) told.wasReplayed = true
      return
    }
    case 'block':
    case 'unblock': {
      const { userId, person } = pick(readers.slice(0, privateCount), step.user)
      if (step.kind === 'block') history.refusedUsers.add(userId)
      await world.control('POST', `/people/${person.id}/${step.kind}`, { bot: world.bot.username })
      return
    }
    case 'fault': {
      const { chatIds } = pick(readers, step.user)
      if (step.how.kind !== 'status') disturb(stage)
      else if (step.how.status === 429) history.floods++
      await world.fault(chatIds.at(-1) ?? 0, step.how)
      return
    }
    case 'upgrade': {
      const group = pick(readers.slice(privateCount), step.group)
      if (group.chatIds.length > 1) return
      const { body } = await world.control('POST', `/groups/${group.chatIds[0]}/upgrade`, {})
      group.chatIds.push(body['id'] as number)
      return
    }
    case 'rate':
      await call(stage, 'PATCH', `/v1/bots/${world.bot.id}`, { rate: step.rate })
      return
    case 'token': {
      const { body } = await world.control('POST', `/bots/${world.bot.username}/revoke`, {})
      await call(stage, 'PUT', `/v1/bots/${world.bot.id}/token`, { token: body['token'] })
      return
    }
    case 'worker': {
      const worker = world.workers.shift()
      if (step.signal === 'SIGKILL') disturb(stage)
      running.add(Promise.all([worker?.stop(step.signal), world.startWorker()]))
      return
    }
    case 'api': {
      const [, process] = world.apis.splice(1, 1)
      if (process) running.add(process.stop(step.signal))
      stage.apis[1] = await world.startApi()
      return
    }
    case 'stall': {
      const worker = world.workers.at(-1)
      worker?.child.kill('SIGSTOP')
      disturb(stage)
      running.add(
        delay(step.ms).then(() => {
          worker?.child.kill('SIGCONT')
          disturb(stage)
        }),
      )
      return
    }
    case 'cut': {
      disturb(stage)
      await owner.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid() AND random() < 0.5`,
      )
      return
    }
  }
}

async function accept(stage: Stage, step: Extract<Step, { kind: 'accept' }>): Promise<void> {
  const { readers, history } = stage
  const count = { one: 1, some: 3, everyone: 0 }[step.to]
  const userIds = Array.from({ length: count }, (_, index) => pick(readers, step.user + index).userId)
  const mark = `n${history.told.length}:`
  const text = `${mark} 0`
  const askedAtMs = Date.now()
  const { status, body } = await call(
    stage,
    'POST',
    '/v1/notifications',
    {
      to:
        step.to === 'everyone'
          ? { everyone: true }
          : step.to === 'one'
            ? { user_id: userIds[0] }
            : { user_ids: userIds },
      text,
      priority: step.priority,
      on_unknown: step.onUnknown,
      ...(step.ttl === undefined ? {} : { ttl: step.ttl }),
      ...(step.sendInMs === undefined ? {} : { send_at: new Date(askedAtMs + step.sendInMs).toISOString() }),
    },
    { 'idempotency-key': `key ${mark}` },
  )
  if (status !== 202) return
  history.told.push({
    id: body['id'] as string,
    mark,
    askedAtMs,
    acceptedAtMs: Date.now(),
    promised: body['deliveries'] as number | null,
    priority: step.priority,
    isScheduled: step.sendInMs !== undefined,
    isBroadcast: step.to === 'everyone',
    ttl: step.ttl,
    stopsIfUnknown: step.onUnknown === 'stop',
    wasPaused: false,
    wasReplayed: false,
    isTakenBack: false,
    cancelledAtMs: undefined,
    pauses: [],
    texts: [text],
  })
}

/** Of what was accepted lately, which is when something can still be changed. */
async function change(
  stage: Stage,
  kind: 'cancel' | 'pause' | 'resume' | 'edit' | 'delete',
  which: number,
): Promise<void> {
  const recent = stage.history.told.slice(-40)
  if (recent.length === 0) return
  const told = pick(recent, which)
  const path = `/v1/notifications/${told.id}`
  if (kind === 'edit') {
    const text = `${told.mark} ${told.texts.length}`
    const { status } = await call(stage, 'PATCH', path, { text })
    if (status === 202) told.texts.push(text)
  } else if (kind === 'delete') {
    told.isTakenBack = true
    await call(stage, 'DELETE', `${path}/message`)
  } else if (kind === 'cancel') {
    const { status } = await call(stage, 'POST', `${path}/cancel`)
    if (status === 200) told.cancelledAtMs ??= Date.now()
  } else {
    await pauseOrResume(stage, told, kind)
  }
}

export async function pauseOrResume(stage: Stage, told: Told, kind: 'pause' | 'resume'): Promise<void> {
  const last = told.pauses.at(-1)
  if (kind === 'resume' && last?.toMs === Infinity) last.toMs = Date.now()
  told.wasPaused = true
  const { status } = await call(stage, 'POST', `/v1/notifications/${told.id}/${kind}`)
  const isPaused = told.pauses.at(-1)?.toMs === Infinity
  if (kind === 'pause' && status === 200 && !isPaused) told.pauses.push({ fromMs: Date.now(), toMs: Infinity })
}

/** Asks one of the APIs, and another time as long as none has an answer of its own. */
export async function call(
  stage: Stage,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<{ status: number; body: Json }> {
  const { apis, world } = stage
  for (let tries = 0; ; tries++) {
    try {
      const response = await fetch(`${apis[stage.calls++ % apis.length]}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${world.key}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      const text = await response.text()
      const answer = text === '' ? {} : (JSON.parse(text) as Json)
      const isOwn = response.status < 500 && response.status !== 429 && answer['code'] !== 'idempotency_in_flight'
      if (isOwn) return { status: response.status, body: answer }
      if (tries > 100) throw new Error(`${method} ${path}: ${response.status} ${text}`)
    } catch (error) {
      if (tries > 100) throw error
    }
    await delay(100)
  }
}

function disturb({ history }: Stage): void {
  history.disturbedAtMs.push(Date.now())
}

function pick<Item>(items: readonly Item[], place: number): Item {
  const item = items[place % items.length]
  if (item === undefined) throw new Error('there is nothing to choose from')
  return item
}
