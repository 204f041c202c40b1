import type { Database } from '../client.js'
import { waitedFor } from '../deliveries/waited-for.js'
import { findTables, type Removed, removeRows, type StoredTable } from '../erasure/remove-rows.js'
import { idFloor } from '../ids.js'

/** For how long what was said is kept where a tenant says nothing else, and for how long it is kept that it was said. */
export const retentionDays = { content: 30, metadata: 90 } as const

const dayMs = 86_400_000

type Kept = keyof typeof retentionDays

interface Partitioned {
  name: string
  /** The column that tells when a row began. */
  key: string
  kept: Kept
}

const partitioned: readonly Partitioned[] = [
  { name: 'notification_contents', key: 'notification_id', kept: 'content' },
  { name: 'deliveries', key: 'id', kept: 'metadata' },
  { name: 'notifications', key: 'id', kept: 'metadata' },
  { name: 'events', key: 'id', kept: 'metadata' },
]

/** Other tables whose rows' time comes, and which of them can go. */
const others: readonly { name: string; kept: Kept; where: (floor: string) => string }[] = [
  { name: 'questions', kept: 'metadata', where: (floor) => `status <> 'open' AND id < ${floor}` },
  { name: 'inbox_messages', kept: 'metadata', where: (floor) => `id < ${floor}` },
  { name: 'inbox_chats', kept: 'metadata', where: (floor) => `last_message_id < ${floor}` },
  { name: 'broadcasts', kept: 'metadata', where: (floor) => `is_completed AND notification_id < ${floor}` },
  {
    name: 'delivery_counts',
    kept: 'metadata',
    where: (floor) => `notification_id < ${floor} AND NOT EXISTS (
      SELECT FROM broadcasts b WHERE b.tenant_id = delivery_counts.tenant_id AND b.notification_id = delivery_counts.notification_id
    )`,
  },
  { name: 'message_threads', kept: 'content', where: (floor) => `uuid_v7_floor(updated_at) < ${floor}` },
]

/**
 * Removes what is older than its tenant keeps it: by dropping the partitions that are too old for all tenants, and slice by slice
 * otherwise. A notification that is still to be sent stays whole, however long ago it was accepted. A partition that somebody reads is
 * left for the next time.
 */
export async function applyRetention(db: Database): Promise<{ dropped: string[]; removed: Removed }> {
  const removed: Removed = {}
  const dropped: string[] = []
  const tables = await findTables(db)
  for (const parent of partitioned) {
    const days = await findDays(db, parent.kept)
    let isBusy = false
    for (const partition of tables.flatMap((table) => toPartition(parent, table) ?? [])) {
      const isOld = partition.endsAtMs <= Date.now() - days.max * dayMs
      const isWaitedFor = isOld && (await isAnyWaitedFor(db, partition))
      const isPartlyOld = days.min < days.max && partition.beginsAtMs < Date.now() - days.min * dayMs
      if (isOld && !isWaitedFor) {
        // Whoever writes waits while it is tried: once is enough.
        if (isBusy) continue
        isBusy = !(await drop(db, parent.name, partition.table.name))
        if (!isBusy) dropped.push(partition.table.name)
      } else if (isWaitedFor || isPartlyOld) {
        const where = `${parent.key} < ${floorOf(parent.kept)} AND ${isNotWaitedFor(partition)}`
        await removeRows(db, partition.table, { where, values: [], removed })
      }
    }
  }
  for (const { name, kept, where } of others) {
    const table = tables.find((each) => each.name === name)
    if (table) await removeRows(db, table, { where: where(floorOf(kept)), values: [], removed })
  }
  return { dropped, removed }
}

/** The SQL of the smallest id that a tenant keeps, of a row of its own. */
function floorOf(kept: Kept): string {
  const days = `coalesce((SELECT t.${kept}_days FROM tenants t WHERE t.id = tenant_id), ${retentionDays[kept]})`
  return `uuid_v7_floor(now() - make_interval(days => ${days}))`
}

async function findDays(db: Database, kept: Kept): Promise<{ min: number; max: number }> {
  const days = await db.$queryRawUnsafe<{ min: number | null; max: number | null }[]>(
    `SELECT min(${kept}_days) AS min, max(${kept}_days) AS max FROM tenants`,
  )
  const { min, max } = days[0] ?? { min: null, max: null }
  const usual = retentionDays[kept]
  return { min: Math.min(min ?? usual, usual), max: Math.max(max ?? usual, usual) }
}

interface Partition {
  table: StoredTable
  parent: Partitioned
  beginsAtMs: number
  endsAtMs: number
}

/** A partition has the day with which it begins in its name, and is a week or, from an earlier version, a day. */
function toPartition(parent: Partitioned, table: StoredTable): Partition | undefined {
  const [, week, year, month, day] =
    new RegExp(`^${parent.name}_(week_)?(\\d{4})(\\d{2})(\\d{2})$`).exec(table.name) ?? []
  if (year === undefined) return undefined
  const beginsAtMs = Date.parse(`${year}-${month}-${day}T00:00:00Z`)
  return { table, parent, beginsAtMs, endsAtMs: beginsAtMs + (week === undefined ? 1 : 7) * dayMs }
}

async function isAnyWaitedFor(db: Database, { parent, beginsAtMs, endsAtMs }: Partition): Promise<boolean> {
  if (parent.name === 'events') return false
  const column = parent.name === 'deliveries' ? 'id' : 'notification_id'
  const [found] = await db.$queryRawUnsafe<{ is_any: boolean }[]>(
    `SELECT EXISTS (SELECT FROM ${waitedFor} w WHERE w.${column} >= $1::uuid AND w.${column} < $2::uuid) AS is_any`,
    idFloor(beginsAtMs),
    idFloor(endsAtMs),
  )
  return found?.is_any === true
}

function isNotWaitedFor({ table, parent: { name, key } }: Partition): string {
  if (name === 'events') return 'true'
  return `NOT EXISTS (SELECT FROM ${waitedFor} w WHERE w.${name === 'deliveries' ? 'id' : 'notification_id'} = ${table.name}.${key})`
}

/** @returns false where somebody reads it just now. */
async function drop(db: Database, parent: string, child: string): Promise<boolean> {
  try {
    await db.$executeRaw`SELECT drop_partition(${parent}, ${child})`
    return true
  } catch (error) {
    if (/55P03|lock timeout/.test(String(error))) return false
    throw error
  }
}
