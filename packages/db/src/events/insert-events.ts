import type { EventData, EventType } from './event-data.js'

interface Source<Type extends EventType> {
  /** The CTE of what happened, with a `tenant_id`; one event for each of its rows. */
  from: string
  /** The SQL of each field of the event's data. */
  data: Record<keyof EventData[Type], string>
  where?: string
  requestId?: string
}

/** A SELECT of rows for `insertEvents`, all of one type. */
export function eventsOf<Type extends EventType>(type: Type, source: Source<Type>): string {
  return select(`'${type}'`, source)
}

/** A SELECT of rows whose type is told by an SQL expression: one type, all with the same data, for each of its values. */
export function eventsBy<Type extends EventType>(
  expression: string,
  types: Record<string, Type>,
  source: Source<Type>,
): string {
  const cases = Object.entries(types).map(([value, type]) => `WHEN '${value}' THEN '${type}'`)
  return select(`CASE ${expression} ${cases.join(' ')} END`, source)
}

/** The INSERT that writes events, in the transaction of what happened: neither is ever there without the other. */
export function insertEvents(...selects: string[]): string {
  return `INSERT INTO events (tenant_id, type, data, request_id)
  ${selects.join('\n  UNION ALL\n  ')}`
}

function select(type: string, { from, data, where, requestId = 'NULL::text' }: Source<never>): string {
  const fields = Object.entries<string>(data).map(([name, value]) => `'${name}', ${value}`)
  const condition = where === undefined ? '' : `\n  WHERE ${where}`
  return `SELECT tenant_id, ${type}, jsonb_build_object(${fields.join(', ')}), ${requestId}
  FROM ${from}${condition}`
}
