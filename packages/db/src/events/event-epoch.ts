import type { Database, Transaction } from '../client.js'
import { newId } from '../ids.js'

/** Tells the epoch of the events' order: after a dump and restore it is another, since transactions are numbered anew. */
export async function readEventEpoch(db: Transaction): Promise<string> {
  const setting = await db.serviceSetting.findUniqueOrThrow({ where: { name: 'events_epoch' } })
  return setting.value ?? ''
}

/**
 * Notices that the database is the restored dump of another, in which transactions had come further. Events of before get the
 * first place of all, in the order of their ids, so that they are read before what comes now; who holds a cursor of before is
 * told to begin anew. @returns whether it was so.
 */
export async function mendEventOrder(db: Database): Promise<boolean> {
  return db.$transaction(async (db) => {
    await db.$executeRaw`SELECT pg_advisory_xact_lock(hashtext('tellwire.events'))`
    const mended = await db.$executeRaw`
      UPDATE events SET xid = '0' WHERE xid >= pg_snapshot_xmax(pg_current_snapshot())`
    const [cursors] = await db.$queryRaw<{ areAhead: boolean }[]>`
      SELECT EXISTS (
        SELECT FROM event_cursors WHERE xid > pg_snapshot_xmax(pg_current_snapshot())
      ) AS "areAhead"`
    if (mended === 0 && !cursors?.areAhead) return false
    // Events are looked up by their place.
    await db.$executeRaw`UPDATE inbox_messages SET xid = '0' WHERE xid >= pg_snapshot_xmax(pg_current_snapshot())`
    await db.$executeRaw`
      UPDATE webhook_deliveries SET event_xid = '0' WHERE event_xid >= pg_snapshot_xmax(pg_current_snapshot())`
    await db.$executeRaw`
      UPDATE webhook_attempts SET event_xid = '0' WHERE event_xid >= pg_snapshot_xmax(pg_current_snapshot())`
    // What was not sent by webhook before is sent on demand.
    await db.$executeRaw`
      UPDATE event_cursors SET xid = pg_snapshot_xmin(pg_current_snapshot()), id = uuid_v7_floor(now() - interval '1 hour')`
    const epoch = newId().slice(-8)
    await db.serviceSetting.update({ where: { name: 'events_epoch' }, data: { value: epoch, changedAt: new Date() } })
    return true
  })
}
