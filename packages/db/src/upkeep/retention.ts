import { createHash } from 'node:crypto'
import type { Database } from '../client.js'
import { waitedFor } from '../deliveries/waited-for.js'
import {
  findTables,
  parentOf,
  type Removed,
  removeRows,
  removeRowsByBlocks,
  type StoredTable,
} from '../erasure/remove-rows.js'
import { idFloor } from '../ids.js'

/**
 * For how long what was said is kept where a tenant says nothing else, for how long it is kept that it was said, and for how long
 * a file that nothing names.
 */
export const retentionDays = { content: 30, metadata: 90, file: 90 } as const

const dayMs = 86_400_000

type Kept = keyof typeof retentionDays
type KeptRows = Exclude<Kept, 'file'>

interface Partitioned {
  name: string
  /** The column that tells when a row began. */
  key: string
  kept: KeptRows
}

const partitioned: readonly Partitioned[] = [
  { name: 'notification_contents', key: 'notification_id', kept: 'content' },
  { name: 'deliveries', key: 'id', kept: 'metadata' },
  { name: 'notifications', key: 'id', kept: 'metadata' },
  { name: 'events', key: 'id', kept: 'metadata' },
]

/** Rows whose time comes one by one, and which of them can go. `$2` is the smallest id that is kept. */
const others: readonly { name: string; kept: KeptRows; where: string }[] = [
  // Of the events those in which people speak.
  {
    name: 'events',
    kept: 'content',
    where: "type IN ('message.received', 'command.received', 'question.answered') AND id < $2::uuid",
  },
  { name: 'questions', kept: 'content', where: "status <> 'open' AND id < $2::uuid" },
  { name: 'inbox_messages', kept: 'content', where: 'id < $2::uuid' },
  { name: 'inbox_chats', kept: 'content', where: 'last_message_id < $2::uuid' },
  { name: 'broadcasts', kept: 'metadata', where: 'is_completed AND notification_id < $2::uuid' },
  {
    name: 'delivery_counts',
    kept: 'metadata',
    where: `notification_id < $2::uuid AND NOT EXISTS (
      SELECT FROM broadcasts b WHERE b.tenant_id = delivery_counts.tenant_id AND b.notification_id = delivery_counts.notification_id
    )`,
  },
  { name: 'message_threads', kept: 'content', where: 'uuid_v7_floor(updated_at) < $2::uuid' },
]

/** Tenants who keep theirs for the same number of days: those that are named, or all but those. */
export interface Keepers {
  days: number
  condition: string
  tenantIds: string[]
}

/**
 * Removes what is older than its tenant keeps it: by dropping the partitions that are too old for all tenants, and slice by slice
 * otherwise. A notification that is still to be sent, or answered, stays whole, however long ago it was accepted. A partition that
 * somebody reads is left for the next time, and so is one where it fails.
 * @param onError is told what failed.
 * @param searched remembers what was searched to its end, from one call to the next.
 * @param beforeSlice is called before each slice; whatever it throws ends the removal from that table.
 */
export async function applyRetention(
  db: Database,
  {
    onError = () => undefined,
    searched = new Map(),
    beforeSlice,
  }: {
    onError?: (error: unknown) => void
    searched?: Searched
    beforeSlice?: () => Promise<void>
  } = {},
): Promise<{ dropped: string[]; removed: Removed }> {
  const removed: Removed = {}
  const dropped: string[] = []
  // The database's own clock: this machine's may be years ahead.
  const [clock] = await db.$queryRaw<[{ nowMs: number }]>`SELECT extract(epoch FROM now())::float8 * 1000 AS "nowMs"`
  const { nowMs } = clock
  const tables = await findTables(db)
  const keepers = { content: await findKeepers(db, 'content'), metadata: await findKeepers(db, 'metadata') }
  for (const parent of partitioned) {
    const partitions = tables.flatMap((table) => toPartition(parent, table) ?? [])
    const how = { nowMs, keepers: keepers[parent.kept], dropped, removed, searched, beforeSlice, onError }
    await removeOld(db, partitions, how).catch(onError)
  }
  for (const { name, kept, where } of others) {
    for (const table of tables.filter((each) => parentOf(each.name) === name && !dropped.includes(each.name))) {
      for (const group of keepers[kept]) {
        const values = [group.tenantIds, floorOf(group, nowMs)]
        const removal = { where: `${group.condition} AND ${where}`, values, removed, beforeSlice }
        // Of events in which people speak there is an index.
        const remove = name === 'events' ? removeRows : removeRowsByBlocks
        await remove(db, table, removal).catch(onError)
      }
    }
  }
  return { dropped, removed }
}

/** When a partition was last searched to its end for what a group of tenants does not keep, by both. */
export type Searched = Map<string, number>

interface Removing {
  /** By the database's clock. */
  nowMs: number
  keepers: readonly Keepers[]
  dropped: string[]
  removed: Removed
  searched: Searched
  beforeSlice: (() => Promise<void>) | undefined
  onError: (error: unknown) => void
}

async function removeOld(db: Database, partitions: readonly Partition[], removing: Removing): Promise<void> {
  const { nowMs, keepers, dropped, onError } = removing
  const daysMax = Math.max(...keepers.map(({ days }) => days))
  let isBusy = false
  for (const partition of partitions) {
    const { parent, table, beginsAtMs, endsAtMs } = partition
    const isOld = endsAtMs <= nowMs - daysMax * dayMs
    if (isOld && !(await isAnyWaitedFor(db, partition))) {
      // Whoever writes waits while it is tried: once is enough.
      if (isBusy) continue
      isBusy = !(await drop(db, parent.name, table.name))
      if (!isBusy) dropped.push(table.name)
      continue
    }
    for (const group of keepers) {
      // What all keep for the same time goes with its partition.
      const isShort = isOld || group.days < daysMax || endsAtMs === Infinity
      if (!isShort || beginsAtMs > nowMs - group.days * dayMs) continue
      await removeOfGroup(db, partition, { group, ...removing }).catch(onError)
    }
  }
}

/** Nothing that is older comes into a partition: one that was searched to its end is searched again a day later. */
async function removeOfGroup(
  db: Database,
  partition: Partition,
  { nowMs, group, removed, searched, beforeSlice }: Removing & { group: Keepers },
): Promise<void> {
  const { parent, table, endsAtMs } = partition
  const members = createHash('sha256').update(group.tenantIds.toSorted().join()).digest('base64')
  const search = `${table.name} ${group.days} ${group.condition} ${members}`
  if ((searched.get(search) ?? 0) > nowMs - dayMs) return
  const where = `${group.condition} AND ${parent.key} < $2::uuid AND ${isNotWaitedFor(partition)}`
  await removeRowsByBlocks(db, table, { where, values: [group.tenantIds, floorOf(group, nowMs)], removed, beforeSlice })
  const isPast = endsAtMs <= nowMs - group.days * dayMs
  if (isPast) searched.set(search, nowMs)
}

function floorOf({ days }: Keepers, nowMs: number): string {
  return idFloor(nowMs - days * dayMs)
}

/** What is said is kept no longer than that it was said: afterwards nothing leads to it. */
const daysOf: Record<Kept, string> = {
  content: `least(coalesce(content_days, ${retentionDays.content}), coalesce(metadata_days, ${retentionDays.metadata}))`,
  metadata: `coalesce(metadata_days, ${retentionDays.metadata})`,
  file: `coalesce(file_days, ${retentionDays.file})`,
}

/** A number of days for each group of tenants; those who keep theirs as most do are the largest, and come first. */
export async function findKeepers(db: Database, kept: Kept): Promise<Keepers[]> {
  const own = await db.$queryRawUnsafe<{ days: number; ids: string[] }[]>(
    `SELECT ${daysOf[kept]} AS days, array_agg(id::text) AS ids FROM tenants
     WHERE ${daysOf[kept]} <> ${retentionDays[kept]} GROUP BY 1`,
  )
  const [usual] = await db.$queryRawUnsafe<{ is_any: boolean }[]>(
    `SELECT EXISTS (SELECT FROM tenants WHERE ${daysOf[kept]} = ${retentionDays[kept]}) AS is_any`,
  )
  const tenantIds = own.flatMap(({ ids }) => ids)
  return [
    // Where nobody is left for it, old partitions are not searched for what would be theirs.
    ...(usual?.is_any === true || own.length === 0
      ? [{ days: retentionDays[kept], condition: 'tenant_id <> ALL ($1::uuid[])', tenantIds }]
      : []),
    ...own.map(({ days, ids }) => ({ days, condition: 'tenant_id = ANY ($1::uuid[])', tenantIds: ids })),
  ]
}

interface Partition {
  table: StoredTable
  parent: Partitioned
  beginsAtMs: number
  endsAtMs: number
}

/**
 * A partition has the day with which it begins in its name, and is a week or, from an earlier version, a day. The default one has
 * whatever fell outside of all, and is never dropped.
 */
function toPartition(parent: Partitioned, table: StoredTable): Partition | undefined {
  if (table.name === `${parent.name}_default`) return { table, parent, beginsAtMs: 0, endsAtMs: Infinity }
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
