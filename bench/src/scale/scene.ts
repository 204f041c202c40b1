import { readFileSync } from 'node:fs'
import type { Lab, Place } from '../lab.js'
import type { Program } from '../program.js'
import { parkLanes, type SeededBot, type SeededTenant, seedBots, seedTenants, seedUsers, seedWaiting } from '../seed.js'
import type { SetFigure } from './figures.js'
import { fill, type Sizes } from './fill.js'

const busyBots = 100

/** A database with a tenant that works. */
export interface Stage {
  place: Place
  tenant: SeededTenant
  bots: SeededBot[]
  api: Program
}

export type SceneSizes = Sizes & {
  /** People that a broadcast goes to. */
  audience: number
}

/** What is measured: a database that holds very much of what is idle, and an empty one beside it. */
export interface Scene {
  lab: Lab
  size: SceneSizes
  large: Stage
  small: Stage
  set: SetFigure
}

export async function setScene(lab: Lab, size: SceneSizes, set: SetFigure): Promise<Scene> {
  const large = await setUp(lab, size, async ({ place, tenant }) => {
    await fill(place, size, tenant.id)
    // Nothing has changed since the bots were looked at.
    await place.owner.query("INSERT INTO service_settings (name) VALUES ('public_url')")
    // What was filled in was told to webhooks and summed up long ago.
    await place.owner.query(
      'UPDATE event_cursors SET xid = pg_snapshot_xmin(pg_current_snapshot()), id = uuid_v7_floor(now())',
    )
  })
  return { lab, size, set, large, small: await setUp(lab, size, async () => {}) }
}

async function setUp(
  lab: Lab,
  size: SceneSizes,
  fillIn: (stage: Pick<Stage, 'place' | 'tenant'>) => Promise<void>,
): Promise<Stage> {
  const place = await lab.createPlace()
  const [tenant] = await seedTenants(place, 1, size.days)
  if (!tenant) throw new Error('no tenant')
  const bots = await seedBots(place, [tenant], { count: busyBots, rate: 30 })
  await seedUsers(place, tenant, bots, { count: 1_000, chatBase: 900_000_000 })
  await parkLanes(place, true)
  await fillIn({ place, tenant })
  await seedWaiting(place, tenant, { count: 2_000 })
  return { place, tenant, bots, api: await lab.startApi(place, { RATE_LIMIT_PER_SECOND: '100000' }) }
}

/** What is too old stays until it is measured how it goes: the duty to remove it is somebody else's. */
export async function startLargeWorker({ lab, large: { place } }: Scene): Promise<Program> {
  await place.owner.query(
    `INSERT INTO duties (name, holder, lease_until) VALUES ('retention', uuid_v7(), now() + interval '15 minutes')
     ON CONFLICT (name) DO UPDATE SET lease_until = excluded.lease_until`,
  )
  return lab.startWorker(place)
}

export function readRssMb({ child }: Program): number {
  const status = readFileSync(`/proc/${child.pid}/status`, 'utf8')
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? NaN) / 1_024)
}
