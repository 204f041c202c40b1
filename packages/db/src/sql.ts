import type { Pool } from 'pg'
import type { Transaction } from './client.js'

/** A text of SQL that each connection prepares once, under its name. */
export interface Statement {
  readonly name: string
  readonly text: string
  /** A setting of the planner that it runs with, such as `enable_bitmapscan = on`; in a transaction of its own then. */
  readonly setting?: string
}

const defined = new Map<string, Statement>()

/** Makes a statement. To be called while a module loads: a test looks at the plan of every one that was made. */
export function defineStatement(name: string, text: string, setting?: string): Statement {
  if (defined.has(name)) throw new Error(`two statements are called ${name}`)
  const statement = { name, text: text.trim(), ...(setting === undefined ? {} : { setting }) }
  defined.set(name, statement)
  return statement
}

/** All statements of this package. */
export function definedStatements(): readonly Statement[] {
  return [...defined.values()]
}

/**
 * The SQL of whether a column of a stored table is a value of another row, in the one form that is always looked up in the
 * column's index. Of an equality the planner may also make a join that reads the table from one end to the other: where
 * the table was empty when it planned, which is how a queue is found most of the time, that costs no more, and
 * the plan is kept when the table is full.
 */
export function probe(column: string, value: string): string {
  return `${column} = ANY (ARRAY[${value}])`
}

/** Where a statement runs: on a pool of the engine, or in a transaction (or on a client) of Prisma's. */
export type Executor = Pool | Transaction

/** Runs a statement. Its columns come back under camelCased names. */
export async function run<Row>(on: Executor, statement: Statement, values: readonly unknown[]): Promise<Row[]> {
  if ('$queryRawUnsafe' in on) {
    const rows = await on.$queryRawUnsafe<Record<string, unknown>[]>(statement.text, ...values)
    // The names of the columns are those that the statement's own text gives them.
    return rows.map((row) =>
      Object.fromEntries(Object.entries(row).map(([key, value]) => [toCamelCase(key), value])),
    ) as Row[]
  }
  const { rows, fields } = await runOnPool(on, statement, values)
  if (rows.length === 0) return []
  const keys = fields.map(({ name }) => toCamelCase(name))
  return rows.map((row) => {
    const named: Record<string, unknown> = {}
    for (const [index, key] of keys.entries()) named[key] = row[index]
    return named as Row
  })
}

/** The same without names, for statements whose rows are many: each is an array in the order of the columns. */
export async function runForRows(pool: Pool, statement: Statement, values: readonly unknown[]): Promise<unknown[][]> {
  return (await runOnPool(pool, statement, values)).rows
}

async function runOnPool(pool: Pool, { name, text, setting }: Statement, values: readonly unknown[]) {
  const query = { name, text, values: [...values], rowMode: 'array' as const }
  if (setting === undefined) return pool.query<unknown[]>(query)
  const client = await pool.connect()
  try {
    await client.query('BEGIN')
    await client.query(`SET LOCAL ${setting}`)
    const result = await client.query<unknown[]>(query)
    await client.query('COMMIT')
    client.release()
    return result
  } catch (error) {
    client.release(true)
    throw error
  }
}

/** The same for a statement that answers one row. */
export async function runForOne<Row>(on: Executor, statement: Statement, values: readonly unknown[]): Promise<Row> {
  const [row] = await run<Row>(on, statement, values)
  if (row === undefined) throw new Error(`${statement.name} answered no row`)
  return row
}

const camelCased = new Map<string, string>()

function toCamelCase(name: string): string {
  let known = camelCased.get(name)
  if (known === undefined) {
    known = name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
    camelCased.set(name, known)
  }
  return known
}

/** What a column of an input takes in TypeScript. A `jsonb` is given as its text: see `toJson` and `toStorableJson`. */
interface ValueOf {
  uuid: string
  xid8: string
  text: string
  int: number
  smallint: number
  float8: number
  bigint: string | number | bigint
  bool: boolean
  timestamptz: Date
  bytea: Uint8Array
  jsonb: string
}

type CamelCase<Name extends string> = Name extends `${infer Head}_${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : Name

/** A row of an input: its columns under camelCased names. What is undefined is NULL. */
export type InputRow<Columns extends Record<string, keyof ValueOf>> = {
  [Column in keyof Columns & string as CamelCase<Column>]: ValueOf[Columns[Column]] | null | undefined
}

export interface Input<Columns extends Record<string, keyof ValueOf>> {
  /** The CTE that holds the rows. */
  readonly text: string
  /** The number of the parameter that follows its own. */
  readonly next: number
  /** The values of its parameters, an array for each column. */
  values(rows: readonly InputRow<Columns>[]): unknown[]
}

/**
 * Rows that are handed to a statement as one array a column, so that its text is the same for any number of
 * them. The text and the values come from one list of columns.
 * @param first the number of its first parameter.
 */
export function inputRows<const Columns extends Record<string, keyof ValueOf>>(
  name: string,
  columns: Columns,
  first = 1,
): Input<Columns> {
  const entries = Object.entries(columns)
  const parameters = entries.map(([, type], index) => `$${first + index}::${type}[]`)
  const keys = entries.map(([column]) => toCamelCase(column) as keyof InputRow<Columns>)
  return {
    text: `${name} AS MATERIALIZED (
  SELECT * FROM unnest(
    ${parameters.join(', ')}
  ) AS i (
    ${Object.keys(columns).join(', ')}
  )
)`,
    next: first + entries.length,
    values: (rows) =>
      keys.map((key, index) =>
        plainTypes.has(entries[index]?.[1] ?? 'text') ? toArrayText(rows, key) : rows.map((row) => row[key] ?? null),
      ),
  }
}

/** Types whose values have no character that means anything in the text of an array. */
const plainTypes = new Set<keyof ValueOf>(['uuid', 'xid8', 'int', 'smallint', 'float8', 'bigint', 'bool'])

/** Writes an array as Postgres reads it, in one go: the driver would look at every value by itself. */
function toArrayText<Row extends object>(rows: readonly Row[], key: keyof Row): string {
  let text = '{'
  for (const [index, row] of rows.entries()) text += `${index === 0 ? '' : ','}${String(row[key] ?? 'NULL')}`
  return `${text}}`
}

/** A value as the text of a `jsonb` parameter; NULL where there is none. */
export function toJson(value: unknown): string | undefined {
  return value === undefined || value === null ? undefined : JSON.stringify(value)
}
