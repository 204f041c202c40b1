/**
 * `npm run attack [-- --quick] [--only ATTACK,…] [--json FILE]`: one tenant sends a message of high priority a second,
 * while another tenant and a visitor without a key do their worst: one attack after the other, and then all at once.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { Pool } from 'undici'
import { nowMs } from '../clock.js'
import { readOnlyOption, readOptions } from '../options.js'
import { createLab, type Lab, type Place } from '../lab.js'
import { type Program, runProgram } from '../program.js'
import { quantile } from '../result.js'
import { seedBots, seedTenants, seedUsers, seedWaiting } from '../seed.js'
import { attacks } from './attacks.js'

interface Figures {
  /** From the request to the arrival at Telegram, in milliseconds. */
  victim_p99_ms: number
  victim_p50_ms: number
  /** Requests that were not accepted, and messages that had not arrived after 20 seconds. */
  victim_failed: number
  api_restarts: number
  worker_restarts: number
  /** Of the API and the worker together. */
  rss_peak_mb: number
}

const { values: options } = readOptions('npm run attack -- [--quick] [--only ATTACK,…] [--json FILE]', {
  options: { quick: { type: 'boolean', default: false }, only: { type: 'string' }, json: { type: 'string' } },
})
const seconds = options.quick ? { quiet: 12, attack: 10, all: 25 } : { quiet: 30, attack: 45, all: 180 }
const old = options.quick ? 100_000 : 850_000
const arrivesWithinMs = 20_000
const attackerUsers = 2_000
/** How long an attack that is over may wait for its last answers. */
const lastAnswersMs = 15_000

/** A program that is started again when it ends, as whoever runs the service does. */
interface Kept {
  port: number
  restarts: number
  pid: () => number
  stop(): Promise<void>
}

async function keep(start: (port: number) => Promise<Program>): Promise<Kept> {
  let program = await start(0)
  let isStopping = false
  const kept: Kept = {
    port: program.port,
    restarts: 0,
    pid: () => program.child.pid ?? 0,
    async stop() {
      isStopping = true
      await program.stop()
    },
  }
  const follow = (): void => {
    program.child.once('exit', () => {
      if (isStopping) return
      kept.restarts++
      void start(kept.port).then((started) => {
        program = started
        follow()
      })
    })
  }
  follow()
  return kept
}

interface Scene {
  lab: Lab
  api: Kept
  worker: Kept
  enemy: Program
  victim: { key: string; pool: Pool }
}

/** Sends a message a second until the signal aborts. */
async function beVictim(
  { lab, victim }: Scene,
  name: string,
  signal: AbortSignal,
  figures: { times: number[]; failed: number },
) {
  const open: Promise<void>[] = []
  for (let number = 0; !signal.aborted; number++) {
    open.push(sendOne(lab, victim, `${name} ${number}`, figures))
    await delay(1_000)
  }
  await Promise.all(open)
}

async function sendOne(
  lab: Lab,
  { key, pool }: Scene['victim'],
  text: string,
  figures: { times: number[]; failed: number },
) {
  const beganMs = nowMs()
  const arrival = lab.telegram.arrivalOf(text)
  try {
    const response = await pool.request({
      method: 'POST',
      path: '/v1/notifications',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        to: { user_id: `v${1 + (Number(text.split(' ').at(-1)) % 50)}` },
        text,
        priority: 'high',
      }),
    })
    await response.body.dump()
    const arrivedMs = await Promise.race([arrival, delay(arrivesWithinMs, undefined, { ref: false })])
    if (response.statusCode !== 202 || arrivedMs === undefined) figures.failed++
    else figures.times.push(arrivedMs - beganMs)
  } catch {
    figures.failed++
  }
}

function rssMb(pid: number): number {
  try {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1_024
  } catch {
    return 0
  }
}

/** @param names of the attacks that go on meanwhile. */
async function measure(scene: Scene, title: string, forSeconds: number, names: string[] = []): Promise<Figures> {
  const { api, worker, enemy } = scene
  const restarts = [api.restarts, worker.restarts]
  const figures = { times: [] as number[], failed: 0 }
  let rssPeak = 0
  const watch = setInterval(() => (rssPeak = Math.max(rssPeak, rssMb(api.pid()) + rssMb(worker.pid()))), 200)
  const isOver = new Promise((resolve) => enemy.child.once('message', resolve))
  enemy.child.send({ names, seconds: forSeconds })
  await beVictim(scene, title, AbortSignal.timeout(forSeconds * 1_000), figures)
  await Promise.race([isOver, delay(lastAnswersMs, undefined, { ref: false })])
  clearInterval(watch)
  return {
    victim_p99_ms: Math.round(quantile(figures.times, 0.99)),
    victim_p50_ms: Math.round(quantile(figures.times, 0.5)),
    victim_failed: figures.failed,
    api_restarts: api.restarts - (restarts[0] ?? 0),
    worker_restarts: worker.restarts - (restarts[1] ?? 0),
    rss_peak_mb: Math.round(rssPeak),
  }
}

async function seed(place: Place) {
  const [victim, attacker] = await seedTenants(place, 2)
  if (!victim || !attacker) throw new Error('no tenants')
  const shared = await seedBots(place, [victim, attacker], { count: 1, rate: 30 })
  await seedUsers(place, victim, shared, { count: 50, prefix: 'v', chatBase: 10_000_000 })
  const own = await seedBots(place, [attacker], { count: 2, rate: 30 })
  await seedUsers(place, attacker, [...shared, ...own], { count: attackerUsers, prefix: 'a' })
  // What was sent long ago, and what nobody can find anything in.
  await seedWaiting(place, attacker, { count: old })
  await place.owner.query('TRUNCATE pending_deliveries')
  await place.owner.query(`UPDATE deliveries SET status = 'sent'`)
  await place.owner.query('VACUUM ANALYZE')
  return { victim, attacker }
}

const names = Object.keys(attacks)
const only = readOnlyOption(options.only, [...names, 'all'], 'attacks')

const lab = await createLab(options.quick)
const place = await lab.createPlace()
const { victim, attacker } = await seed(place)
lab.telegram.configure({ isLimited: true, isWatched: true, bots: {}, fallback: { rate: 30, latencyMs: 20 } })
const heap = ['--max-old-space-size=512']
const api = await keep((port) => lab.startApi(place, { PORT: String(port) }))
const worker = await keep(() => lab.startWorker(place, {}, heap))
const enemy = await runProgram(new URL('enemy.js', import.meta.url), {
  API_PORT: String(api.port),
  ATTACKER_KEY: attacker.key,
  ATTACKER_USERS: String(attackerUsers),
})
const scene: Scene = {
  lab,
  api,
  worker,
  enemy,
  victim: { key: victim.key, pool: new Pool(`http://127.0.0.1:${api.port}`, { connections: 4 }) },
}
const report: Record<string, Figures> = {}
const record = (name: string, figures: Figures): void => {
  report[name] = figures
  console.error(`${name.padEnd(10)} ${JSON.stringify(figures)}`)
}
// The first ones warm up what compiles and connects.
await measure(scene, 'warm-up', 5)
record('quiet', await measure(scene, 'quiet', seconds.quiet))
for (const name of names) {
  if (only.includes(name)) record(name, await measure(scene, name, seconds.attack, [name]))
}
if (only.includes('all')) record('all', await measure(scene, 'all', seconds.all, names))

const quietP99 = report['quiet']?.victim_p99_ms ?? NaN
const missed = Object.entries(report).filter(
  ([, { victim_p99_ms: p99, victim_failed: failed, api_restarts, worker_restarts, rss_peak_mb: rss }]) =>
    !(
      failed === 0 &&
      api_restarts === 0 &&
      worker_restarts === 0 &&
      p99 <= Math.min(2_000, 10 * quietP99) &&
      rss <= 1_024
    ),
)
console.log(JSON.stringify(report, undefined, 2))
if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(report, undefined, 2)}\n`)
if (missed.length > 0) {
  console.error(`The goal is missed under: ${missed.map(([name]) => name).join(', ')}`)
  process.exitCode = 1
}

await enemy.stop()
await scene.victim.pool.destroy()
await Promise.all([api.stop(), worker.stop()])
await place.close()
await lab.close()
