import type { Lab, Place } from '../lab.js'
import type { LoadOrder, LoadResult } from '../load.js'
import { type Program, runProgram } from '../program.js'
import { compare, measure, type Outcome, type Report } from '../result.js'
import { seedBots, seedTenants, seedUsers } from '../seed.js'

const names = ['ours', 'noop', 'bare-fastify', 'pg-insert', 'prisma-bullmq'] as const
type Name = (typeof names)[number]

/** They store nothing. */
const forgetful: readonly Name[] = ['noop', 'bare-fastify']
const clients = 64
const warmUpCount = 10_000
/** For the slow ones, which have compiled by then. */
const warmUpSecondsMax = 6
const users = 1_000

interface Round extends LoadResult {
  perSecond: number
  cpuMsEach: number
}

/** Durable single POSTs at 64 clients, each contender in a database of its own. */
export async function benchAccept(lab: Lab, report: Report): Promise<{ cpuMsEach: Record<Name, number> }> {
  const seconds = lab.isQuick ? 2.5 : 8
  const roundsMax = lab.isQuick ? 1 : 5
  const contenders = await Promise.all(names.map((name) => startContender(lab, name)))
  const load = await runProgram(new URL('../load.js', import.meta.url), {})
  const rounds: Record<Name, Round[]> = {
    ours: [],
    noop: [],
    'bare-fastify': [],
    'pg-insert': [],
    'prisma-bullmq': [],
  }

  // A first run of each warms up what compiles and connects: after so many requests their cost no longer falls.
  for (let round = -1; round < roundsMax; round++) {
    for (const { name, program, key, count } of contenders) {
      const cpuBefore = program.cpuMs()
      const before = await count()
      const result = await runLoad(load, {
        port: program.port,
        key,
        clients,
        seconds: round < 0 ? warmUpSecondsMax : seconds,
        countMax: round < 0 ? warmUpCount : 0,
        users,
        tag: `${name}-${round}`,
      })
      const stored = (await count()) - before
      if (!forgetful.includes(name) && stored !== result.accepted)
        throw new Error(`${name}: ${result.accepted} were accepted and ${stored} stored`)
      if (round >= 0) {
        rounds[name].push({
          ...result,
          perSecond: result.accepted / result.seconds,
          cpuMsEach: (program.cpuMs() - cpuBefore) / result.accepted,
        })
      }
    }
  }
  await Promise.all(contenders.map(({ stop }) => stop()))
  await load.stop()

  const rates = (name: Name): number[] => rounds[name].map(({ perSecond }) => perSecond)
  const p99s = (name: Name): number[] => rounds[name].map(({ p99Ms }) => p99Ms)
  const n = rounds.ours.reduce((sum, { accepted }) => sum + accepted, 0)
  const against = (name: Name, goal: string): Outcome =>
    compare(rates('ours'), rates(name), { goal, unit: 'requests/s', n })
  report.set('accept_vs_prisma_bullmq', against('prisma-bullmq', '>= 10'))
  report.set('accept_vs_pg_insert', against('pg-insert', '>= 2'))
  report.set('accept_vs_noop', against('noop', '>= 0.3'))
  report.set('accept_vs_bare_fastify', against('bare-fastify', 'is told'))
  const cpuOf = (name: Name): number[] => rounds[name].map(({ cpuMsEach }) => cpuMsEach)
  report.set('accept_api_ms', measure(cpuOf('ours'), { goal: '<= 0.14', unit: 'ms of CPU of the API a request', n }))
  report.set('accept_p99_vs_pg_insert', compare(p99s('ours'), p99s('pg-insert'), { goal: '<= 0.6', unit: 'ms', n }))
  const cpu = (name: Name): number => rounds[name][0]?.cpuMsEach ?? NaN
  return {
    cpuMsEach: {
      ours: cpu('ours'),
      noop: cpu('noop'),
      'bare-fastify': cpu('bare-fastify'),
      'pg-insert': cpu('pg-insert'),
      'prisma-bullmq': cpu('prisma-bullmq'),
    },
  }
}

interface Contender {
  name: Name
  program: Program
  key: string
  count: () => Promise<number>
  stop: () => Promise<void>
}

async function startContender(lab: Lab, name: Name): Promise<Contender> {
  const place = await lab.createPlace()
  const [tenant] = await seedTenants(place, 1)
  if (!tenant) throw new Error('no tenant')
  const bots = await seedBots(place, [tenant], { count: 1, rate: 30 })
  await seedUsers(place, tenant, bots, { count: users })
  const program = await startProgram(lab, place, name)
  return {
    name,
    program,
    key: tenant.key,
    async count() {
      const { rows } = await place.owner.query<{ count: number }>('SELECT count(*)::int AS count FROM deliveries')
      return rows[0]?.count ?? 0
    },
    async stop() {
      await program.stop()
      await place.close()
    },
  }
}

function startProgram(lab: Lab, place: Place, name: Name): Promise<Program> {
  if (name === 'ours') return lab.startApi(place)
  if (name === 'bare-fastify') return lab.startContender('bare-fastify', place)
  return lab.startContender('accept-peer', place, { PEER: name })
}

export function runLoad(load: Program, order: LoadOrder): Promise<LoadResult> {
  return new Promise((resolve) => {
    load.child.once('message', (result: LoadResult) => resolve(result))
    load.child.send(order)
  })
}
