import { setTimeout as delay } from 'node:timers/promises'
import {
  endCancelledDeliveries,
  endRests,
  expireDeliveries,
  findAwaitingWithConnection,
  findBotsWithUpdates,
  findBroadcastsToEdit,
  findDueBroadcasts,
  findDueLanes,
  isAnythingDue,
  releaseDueDeliveries,
} from '@tellwire/db'
import { runLoad } from '../benches/accept.js'
import { prepareLane, timeClaims } from '../benches/backlog.js'
import { nowMs } from '../clock.js'
import { runProgram } from '../program.js'
import { median } from '../result.js'
import { round } from './figures.js'
import { readRssMb, type Scene, type Stage, startLargeWorker } from './scene.js'

/** The statements of one sweep, with something waiting in the lanes of a hundred bots. */
export async function measureSweep({ large, set }: Scene): Promise<void> {
  const { engine } = large.place
  const times: number[] = []
  for (let sweep = 0; sweep < 30; sweep++) {
    const beganMs = nowMs()
    await endRests(engine, 1_000)
    await isAnythingDue(engine)
    await expireDeliveries(engine, 1_000)
    await endCancelledDeliveries(engine, 1_000)
    await releaseDueDeliveries(engine, 1_000)
    await findAwaitingWithConnection(engine, { sinceMs: 120_000, countMax: 1_000 })
    await findDueLanes(engine)
    await findBotsWithUpdates(engine)
    await findDueBroadcasts(engine)
    await findBroadcastsToEdit(engine)
    times.push(nowMs() - beganMs)
  }
  // The first ones plan the statements.
  set('sweep_ms', { ours: round(median(times.slice(10))), unit: 'ms', n: 20 }, { max: 20 })
}

const settlingMs = 15_000

export async function measureIdle(scene: Scene): Promise<void> {
  const { lab, set } = scene
  const seconds = lab.isQuick ? 10 : 60
  const readPercent = async (): Promise<number> => {
    const before = await lab.postgresCpuMs()
    await delay(seconds * 1_000)
    return ((await lab.postgresCpuMs()) - before) / (seconds * 10)
  }
  // What Postgres does by itself after so much was written is not the service's, and is done with first.
  await delay(settlingMs)
  const byItself = await readPercent()
  const worker = await startLargeWorker(scene)
  // What has just started is not idle: it connects, and plans its statements.
  await delay(settlingMs)
  const percent = (await readPercent()) - byItself
  set('idle_pg_cpu_percent', { ours: round(percent), unit: '% of a core', n: seconds }, { max: 1 })
  set('worker_rss_mb', { ours: readRssMb(worker), unit: 'MB', n: 1 }, { max: 300 })
  await worker.stop()
}

export async function measureClaims({ lab, large, set }: Scene): Promise<void> {
  const [bot] = large.bots
  await large.place.owner.query('UPDATE lanes SET parked_reason = NULL WHERE bot_id = $1', [bot?.id])
  const empty = await prepareLane(lab, 20)
  const busy = { place: large.place, botId: bot?.id ?? '', tenantId: large.tenant.id, chatId: undefined }
  const [ours, peer] = [await timeClaims(busy), await timeClaims(empty)]
  await empty.place.close()
  set(
    'claim_vs_empty_db',
    { ours: round(ours), peer: round(peer), ratio: round(ours / peer), unit: 'ms', n: 150 },
    { max: 1.3 },
  )
}

export async function measureAccept({ large, small, set }: Scene): Promise<void> {
  const load = await runProgram(new URL('../load.js', import.meta.url), {})
  const rates = new Map<Stage, number[]>([
    [large, []],
    [small, []],
  ])
  for (let turn = -1; turn < 3; turn++) {
    for (const [stage, measured] of rates) {
      const order = { clients: 64, seconds: turn < 0 ? 1 : 2.5, countMax: 0, users: 1_000, tag: `scale-${turn}` }
      const { accepted, seconds } = await runLoad(load, { ...order, port: stage.api.port, key: stage.tenant.key })
      if (turn >= 0) measured.push(accepted / seconds)
    }
  }
  await load.stop()
  const [ours, peer] = [median(rates.get(large) ?? []), median(rates.get(small) ?? [])]
  set(
    'accept_vs_empty_db',
    { ours: Math.round(ours), peer: Math.round(peer), ratio: round(ours / peer), unit: 'requests/s', n: 3 },
    { min: 0.85 },
  )
}
