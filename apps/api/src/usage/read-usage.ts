import type { SystemScope } from '@tellwire/domain'
import { dayMs, readDay, refusedDay, showDay } from '../http/days.js'
import { showId } from '../http/ids.js'
import type { AllUsageView, UsageQuery } from './schemas.js'

const defaultDays = 30
const daysMax = 800
/** Rows that are summed up in one answer: a hundred thousand tenants for a day, or a thousand for three months. */
const rowsMax = 500_000

/** Reads what was used. @param tenantId undefined for all tenants. @throws `invalid_request` for a time that is none. */
export async function readUsage(
  { db }: Pick<SystemScope, 'db'>,
  tenantId: string | undefined,
  query: Omit<UsageQuery, 'tenant_id'>,
): Promise<AllUsageView> {
  const { from, to } = readRange(query)
  const rows = await db.usage.findMany({
    where: { ...(tenantId === undefined ? {} : { tenantId }), day: { gte: from, lte: to } },
    orderBy: [{ tenantId: 'asc' }, { day: 'asc' }, { kind: 'asc' }],
    take: rowsMax + 1,
  })
  if (rows.length > rowsMax)
    throw refusedDay('from', 'must be later: so many days of so many tenants are too much at once')
  const periods = new Map<string, AllUsageView['data'][number]>()
  for (const { tenantId: owner, day, kind, count } of rows) {
    const period = periodOf(day, query.by)
    const key = `${owner} ${period}`
    const entry = periods.get(key) ?? { tenant_id: showId('ten', owner), period, counts: {} }
    entry.counts[kind] = (entry.counts[kind] ?? 0) + Number(count)
    periods.set(key, entry)
  }
  return { from: showDay(from), to: showDay(to), data: [...periods.values()] }
}

function readRange({ from: givenFrom, to: givenTo }: Pick<UsageQuery, 'from' | 'to'>): { from: Date; to: Date } {
  const to = readDay('to', givenTo) ?? new Date(Math.floor(Date.now() / dayMs) * dayMs)
  const from = readDay('from', givenFrom) ?? new Date(to.getTime() - defaultDays * dayMs)
  if (from > to || to.getTime() - from.getTime() > daysMax * dayMs) {
    throw refusedDay('from', `must be on or before the last day, and no more than ${daysMax} days before it`)
  }
  return { from, to }
}

function periodOf(day: Date, by: UsageQuery['by']): string {
  if (by === 'total') return by
  return showDay(day).slice(0, by === 'month' ? 7 : 10)
}

/** The same as CSV (RFC 4180): a row for each tenant, time and type. No value has a character that would have to be quoted. */
export function toCsv({ data }: AllUsageView): string {
  const rows = data.flatMap(({ tenant_id: tenant, period, counts }) =>
    Object.entries(counts).map(([kind, count]) => [tenant, period, kind, count].join(',')),
  )
  return ['tenant_id,period,kind,count', ...rows, ''].join('\r\n')
}
