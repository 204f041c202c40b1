import type { EventPosition } from '@tellwire/db'
import { rememberLast } from './remember-last.js'

/** Postgres counts transactions in 64 bits. */
const xidMax = 2n ** 64n - 1n

/** Whose events a cursor is of: the random end of the tenant's id. */
const markOf = (tenantId: string): string => tenantId.slice(-12)

/** A place in a tenant's events, as clients hold it: opaque, and bound to the tenant and to the database that it is from. */
export function makeEventCursor(epoch: string, tenantId: string, { xid, id }: EventPosition): string {
  return Buffer.from(JSON.stringify([epoch, xid, id, markOf(tenantId)])).toString('base64url')
}

/** @returns undefined for what is none of the tenant's; `stale` for one of a database of which this is the restored dump. */
export function readEventCursor(epoch: string, tenantId: string, cursor: string): EventPosition | 'stale' | undefined {
  try {
    // Cursors of before are of nobody.
    const [of, xid, id, mark = markOf(tenantId)] = JSON.parse(
      Buffer.from(cursor, 'base64url').toString('utf8'),
    ) as unknown[]
    if (typeof of !== 'string' || typeof xid !== 'string' || typeof id !== 'string') return undefined
    if (!/^\d{1,20}$/.test(xid) || !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id)) return undefined
    if (BigInt(xid) > xidMax || mark !== markOf(tenantId)) return undefined
    return of === epoch ? { xid, id } : 'stale'
  } catch {
    return undefined
  }
}

/** Many events that are shown one after the other are of one transaction. */
const toDigits = rememberLast((xid) => BigInt(xid).toString(16).padStart(16, '0'))

/** The place as a text that orders events: of two, the one that all readers see first is the smaller. */
export function sequenceOf({ xid, id }: EventPosition): string {
  return `${toDigits(xid)}-${id.replaceAll('-', '')}`
}
