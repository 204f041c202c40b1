import { Readable } from 'node:stream'
import { idFloor, type Prisma } from '@tellwire/db'
import type { SystemScope } from '@tellwire/domain'
import { Answer } from '../http/answer.js'
import { dayMs, readDay, refusedDay } from '../http/days.js'
import type { AuditExportQuery } from './schemas.js'
import { showEntry } from './show-entry.js'

const atOnce = 500

/**
 * Writes all entries as lines of JSON, the oldest first, as fast as they are taken.
 * @param tenantId undefined for those of all tenants and of the service itself.
 */
export function exportEntries(
  { db }: Pick<SystemScope, 'db'>,
  tenantId: string | undefined,
  { action, from: firstDay, to: lastDay }: AuditExportQuery,
): Answer<Readable> {
  const from = readDay('from', firstDay)
  const to = readDay('to', lastDay)
  if (from && to && from > to) throw refusedDay('from', 'must be on or before the last day')
  const where: Prisma.AuditEntryWhereInput = {
    ...(tenantId === undefined ? {} : { tenantId }),
    ...(action === undefined ? {} : { action }),
  }
  const between = {
    ...(from ? { gte: idFloor(from.getTime()) } : {}),
    ...(to ? { lt: idFloor(to.getTime() + dayMs) } : {}),
  }
  return new Answer(200, Readable.from(readLines(db, where, between)), {
    'content-type': 'application/jsonl; charset=utf-8',
    'content-disposition': 'attachment; filename="audit.jsonl"',
  })
}

async function* readLines(
  db: SystemScope['db'],
  where: Prisma.AuditEntryWhereInput,
  between: Prisma.UuidFilter,
): AsyncGenerator<string> {
  let range = between
  for (;;) {
    const entries = await db.auditEntry.findMany({
      where: { ...where, id: range },
      orderBy: { id: 'asc' },
      take: atOnce,
    })
    if (entries.length > 0) yield entries.map((entry) => `${JSON.stringify(showEntry(entry))}\n`).join('')
    const last = entries.at(-1)
    if (!last || entries.length < atOnce) return
    const { gte: _, ...upTo } = between
    range = { ...upTo, gt: last.id }
  }
}
