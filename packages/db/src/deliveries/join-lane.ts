// How deliveries, replies and edits come into a lane or wait for it. What calls these fragments is a CTE; its rows
// have the columns that are named here, or an expression is given for them.

const laneDefaults = {
  id: 'id',
  bot_id: 'bot_id',
  tenant_id: 'tenant_id',
  priority: 'priority',
  chat_id: 'chat_id',
  kind: "'notification'",
  notification_id: 'notification_id',
  connection_id: 'connection_id',
  body: 'NULL::jsonb',
  expires_at: 'expires_at',
  stops_if_unknown: "on_unknown = 'stop'",
  part: 'NULL::smallint',
  dropped: 'NULL::text[]',
  is_counted: 'false',
  is_paused: 'false',
}

const waitingDefaults = {
  id: 'id',
  tenant_id: 'tenant_id',
  notification_id: 'notification_id',
  user_id: 'user_id',
  connection_id: 'connection_id',
  priority: 'priority',
  due_at: "CASE status WHEN 'scheduled' THEN send_at END",
  expires_at: 'expires_at',
}

interface Joining {
  /** The CTE of what joins. */
  from: string
  /** The SQL of columns that are not called in `from` as they are here. */
  columns?: Partial<Record<keyof typeof laneDefaults | keyof typeof waitingDefaults, string>>
  where?: string
  /** The order within a chat: what is inserted first leaves first. */
  orderBy: string
}

/** The INSERT that brings rows into the lanes of their bots. */
export function joinLane({ from, columns = {}, where, orderBy }: Joining): string {
  return insert('pending_deliveries', pick(laneDefaults, columns), { from, where, orderBy })
}

/** The CTEs that bring rows in by their `status`: the queued ones into their lanes, the others to what waits. */
export function joinLanes({ from, columns = {}, orderBy }: Omit<Joining, 'where'>): string {
  return `joined_lanes AS (
  ${joinLane({ from, columns, where: "status = 'queued'", orderBy })}
),
joined_waiting AS (
  ${joinWaiting({ from, columns, where: "status <> 'queued'" })}
)`
}

/** The INSERT that brings rows to what waits outside of the lanes. */
export function joinWaiting({ from, columns = {}, where }: Omit<Joining, 'orderBy'>): string {
  return insert('waiting_deliveries', pick(waitingDefaults, columns), { from, where })
}

function pick<Columns extends Record<string, string>>(defaults: Columns, given: Partial<Record<string, string>>) {
  return Object.entries(defaults).map(([column, expression]) => [column, given[column] ?? expression] as const)
}

function insert(
  table: string,
  columns: readonly (readonly [column: string, expression: string])[],
  { from, where, orderBy }: { from: string; where?: string | undefined; orderBy?: string },
): string {
  return `INSERT INTO ${table} (
    ${columns.map(([column]) => column).join(', ')}
  )
  SELECT
    ${columns.map(([, expression]) => expression).join(',\n    ')}
  FROM ${from}${where === undefined ? '' : `\n  WHERE ${where}`}${orderBy === undefined ? '' : `\n  ORDER BY ${orderBy}`}`
}
