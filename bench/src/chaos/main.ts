/**
 * `npm run chaos [-- --quick | --short] [--json FILE]`: load, and one fault after the other: killed and
 * stopped processes, Redis flushed and away, Postgres restarted, connections cut. At the end a ledger says
 * what became of everything that was accepted.
 */
import { writeFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { nowMs } from '../clock.js'
import { createLab, type Lab, type Place } from '../lab.js'
import { type Program } from '../program.js'
import { quantile } from '../result.js'
import { countPending, seedBots, seedTenants, seedUsers } from '../seed.js'
import { mostInWindow } from '@tellwire/testing/sliding-window'
import { countArrived, createLedger, findRecoveries, findStruck, judge, type Ledger, takeSnapshot } from './ledger.js'
import { type ChaosLoad, startLoad } from './load.js'
import { type Proxy, startProxy } from './proxy.js'
import { readOptions } from '../options.js'

interface Plan {
  lanes: number
  perSecond: number
  rate: number
  rounds: number
  kills: number
  redisAwayMs: number
  stopMs: number
  faultEveryMs: number
}

const plans = {
  short: {
    lanes: 8,
    perSecond: 30,
    rate: 5,
    rounds: 1,
    kills: 3,
    redisAwayMs: 2_000,
    stopMs: 5_000,
    faultEveryMs: 500,
  },
  quick: {
    lanes: 20,
    perSecond: 60,
    rate: 5,
    rounds: 1,
    kills: 12,
    redisAwayMs: 10_000,
    stopMs: 6_000,
    faultEveryMs: 1_800,
  },
  full: {
    lanes: 20,
    perSecond: 50,
    rate: 5,
    rounds: 20,
    kills: 10,
    redisAwayMs: 10_000,
    stopMs: 20_000,
    faultEveryMs: 3_000,
  },
} satisfies Record<string, Plan>

interface Scene {
  lab: Lab
  place: Place
  proxy: Proxy
  ledger: Ledger
  load: ChaosLoad
  api: Program
  workers: Program[]
  counts: { kills: number; flushes: number; pg_restarts: number; stops: number }
}

const { values: options } = readOptions('npm run chaos -- [--quick | --short] [--json FILE]', {
  options: {
    quick: { type: 'boolean', default: false },
    short: { type: 'boolean', default: false },
    json: { type: 'string' },
  },
})
const mode = options.short ? 'short' : options.quick ? 'quick' : 'full'
const plan = plans[mode]

const lab = await createLab(true)
const scene = await setTheScene(lab)
const beganMs = nowMs()
// Something waits in every lane before the first fault.
await delay(3_000)
for (let round = 0; round < plan.rounds; round++) await runRound(scene)
const stoppedMs = nowMs()
await scene.load.stop()
await settleDown(scene, stoppedMs + 30_000)
const result = await conclude(scene)
await Promise.all([scene.api.stop(), ...scene.workers.map((worker) => worker.stop())])
await scene.proxy.close()
await scene.place.close()
await lab.close()

console.log(JSON.stringify(result, undefined, 2))
if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(result, undefined, 2)}\n`)
process.exit(result.is_good ? 0 : 1)

async function setTheScene(lab: Lab): Promise<Scene> {
  const place = await lab.createPlace()
  const [tenant] = await seedTenants(place, 1)
  if (!tenant) throw new Error('no tenant')
  const bots = await seedBots(place, [tenant], { count: plan.lanes, rate: plan.rate })
  const users = plan.lanes * 100
  await seedUsers(place, tenant, bots, { count: users })
  const proxy = await startProxy(Number(new URL(lab.telegram.root).port))
  place.env['TELEGRAM_API_ROOT'] = `http://127.0.0.1:${proxy.port}`
  place.env['LOG_LEVEL'] = 'silent'
  lab.telegram.configure({ isLimited: true, bots: {}, fallback: { rate: plan.rate, latencyMs: 40 } })
  const api = await lab.startApi(place)
  const workers = [await lab.startWorker(place), await lab.startWorker(place)]
  const ledger = createLedger()
  const load = startLoad({ port: api.port, key: tenant.key, users, perSecond: plan.perSecond }, ledger)
  const counts = { kills: 0, flushes: 0, pg_restarts: 0, stops: 0 }
  return { lab, place, proxy, ledger, load, api, workers, counts }
}

async function runRound(scene: Scene): Promise<void> {
  for (let kill = 0; kill < plan.kills; kill++) {
    scene.proxy.cutRequests(2)
    if (kill % 4 === 3) await killApi(scene)
    else await strikeWorker(scene, kill % 2, killWorker)
    if (kill === 1) await flushRedis(scene)
    if (kill === 2) scene.proxy.cutAnswers(2)
    await delay(plan.faultEveryMs)
  }
  await strikeWorker(scene, 0, stopAndContinue)
  await awayRedis(scene)
  await restartPostgres(scene)
  await delay(plan.faultEveryMs)
}

/** Does something to a worker, and records what it had in flight and how soon its lanes went on. */
async function strikeWorker(
  scene: Scene,
  index: number,
  strike: (scene: Scene, index: number) => Promise<() => Promise<void>>,
): Promise<void> {
  const { lab, place, ledger } = scene
  const recover = await strike(scene, index)
  const snapshot = await takeSnapshot(place)
  const arrivals = await lab.telegram.arrivals()
  // Whoever lives renews its leases every second.
  await delay(1_600)
  const struck = await findStruck(place, snapshot)
  ledger.inFlightAtKills += countArrived(struck, arrivals, snapshot.atMs)
  await recover()
  // The lane is taken over when its lease of four seconds is over.
  ledger.recoveriesMs.push(...(await waitForRecoveries(scene, struck, snapshot.atMs)))
}

async function waitForRecoveries(
  { lab }: Scene,
  struck: Awaited<ReturnType<typeof findStruck>>,
  sinceMs: number,
): Promise<number[]> {
  const expected = struck.filter(({ claimed }) => claimed.length > 0).length
  const deadlineMs = sinceMs + 20_000
  for (;;) {
    const recoveries = findRecoveries(struck, await lab.telegram.arrivals(), sinceMs)
    if (recoveries.length >= expected) return recoveries
    if (nowMs() > deadlineMs)
      return [...recoveries, ...Array.from({ length: expected - recoveries.length }, () => nowMs() - sinceMs)]
    await delay(200)
  }
}

async function killWorker(scene: Scene, index: number): Promise<() => Promise<void>> {
  await scene.workers[index]?.stop('SIGKILL')
  scene.counts.kills++
  // A worker that is slow to start is not waited for: by then the others may have taken the lanes over.
  const started = scene.lab.startWorker(scene.place)
  return async () => {
    scene.workers[index] = await started
  }
}

async function stopAndContinue(scene: Scene, index: number): Promise<() => Promise<void>> {
  const child = scene.workers[index]?.child
  child?.kill('SIGSTOP')
  scene.counts.stops++
  return async () => {
    await delay(plan.stopMs)
    child?.kill('SIGCONT')
  }
}

async function killApi(scene: Scene): Promise<void> {
  await scene.api.stop('SIGKILL')
  scene.counts.kills++
  scene.api = await scene.lab.startApi(scene.place)
  scene.load.port = scene.api.port
}

async function flushRedis({ lab, counts }: Scene): Promise<void> {
  await lab.redis.flushall()
  counts.flushes++
}

async function awayRedis(scene: Scene): Promise<void> {
  await scene.lab.stopRedis()
  await delay(plan.redisAwayMs)
  await scene.lab.startRedis()
  await recordReturn(scene, nowMs())
}

async function restartPostgres(scene: Scene): Promise<void> {
  const snapshot = await takeSnapshot(scene.place)
  await scene.lab.restartPostgres()
  const returnedMs = nowMs()
  scene.counts.pg_restarts++
  // While it goes, and is away, nothing is recorded of what arrives.
  const arrivals = await scene.lab.telegram.arrivals()
  const meanwhile = arrivals.filter(({ atMs }) => atMs > snapshot.atMs && atMs <= returnedMs)
  scene.ledger.inFlightAtRestarts += countArrived(snapshot.lanes, arrivals, snapshot.atMs) + meanwhile.length
  await recordReturn(scene, returnedMs)
}

/** From the return of a server to the next arrival in any lane. */
async function recordReturn({ lab, ledger }: Scene, returnedMs: number): Promise<void> {
  for (;;) {
    const next = (await lab.telegram.arrivals()).find(({ atMs }) => atMs > returnedMs)
    if (next || nowMs() > returnedMs + 30_000) {
      ledger.recoveriesMs.push((next?.atMs ?? nowMs()) - returnedMs)
      return
    }
    await delay(100)
  }
}

async function settleDown({ place }: Scene, deadlineMs: number): Promise<void> {
  while (nowMs() < deadlineMs) {
    if ((await countPending(place)) === 0) return
    await delay(250)
  }
}

async function conclude({ lab, place, ledger, proxy, counts }: Scene) {
  const arrivals = await lab.telegram.arrivals()
  const bots = [...new Set(arrivals.map(({ bot }) => bot))]
  const most = Math.max(
    ...bots.map((own) =>
      mostInWindow(
        arrivals.filter(({ bot }) => bot === own).map(({ atMs }) => atMs),
        1_000,
      ),
    ),
  )
  const { lost, unsettled, duplicates, repeatsOfLostAnswers } = await judge(lab, place, ledger, proxy.answersCut())
  const rateLimited = arrivals.filter(({ isAccepted }) => !isAccepted).length
  const recoveryMs = Math.round(quantile(ledger.recoveriesMs, 0.95))
  const bound = ledger.inFlightAtKills + ledger.inFlightAtRestarts
  return {
    ...counts,
    accepted: ledger.accepted.size,
    lost,
    unsettled,
    duplicates,
    in_flight_at_kills: ledger.inFlightAtKills,
    in_flight_at_restarts: ledger.inFlightAtRestarts,
    answers_cut: proxy.answersCut().length,
    repeats_of_cut_answers: repeatsOfLostAnswers,
    requests_cut: proxy.requestsCut(),
    max_sliding_second: most,
    rate: plan.rate,
    rate_limited: rateLimited,
    recovery_ms_p95: recoveryMs,
    recoveries: ledger.recoveriesMs.length,
    lanes: bots.length,
    mode,
    seconds: Math.round((nowMs() - beganMs) / 1_000),
    is_good: lost === 0 && rateLimited === 0 && duplicates <= bound && recoveryMs <= 10_000 && most <= plan.rate,
  }
}
