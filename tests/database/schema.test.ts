import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { createTestDatabase } from '@tellwire/testing'
import pg from 'pg'
import { expect, test } from 'vitest'
// The package is CommonJS and has no named exports that Node can see.
import internals from '@prisma/internals'

interface Column {
  table: string
  column: string
  type: string
  isNullable: boolean
  isArray: boolean
}

const schema = readFileSync(fileURLToPath(new URL('../../prisma/schema.prisma', import.meta.url)), 'utf8')

/** Postgres' names of the types that the schema uses. */
const nativeTypes: Record<string, string> = { Uuid: 'uuid', Timestamptz: 'timestamptz', SmallInt: 'int2', Date: 'date' }
const scalarTypes: Record<string, string> = {
  String: 'text',
  Int: 'int4',
  BigInt: 'int8',
  Boolean: 'bool',
  Json: 'jsonb',
  Bytes: 'bytea',
  DateTime: 'timestamptz',
  Float: 'float8',
}

async function columnsOfSchema(): Promise<Column[]> {
  const { datamodel } = await internals.getDMMF({ datamodel: schema })
  const scalars = datamodel.models.flatMap((model) =>
    model.fields
      .filter((field) => field.kind === 'scalar')
      .map((field) => ({
        table: model.dbName ?? model.name,
        column: field.dbName ?? field.name,
        type: nativeTypes[field.nativeType?.[0] ?? ''] ?? scalarTypes[field.type] ?? field.type,
        isNullable: !field.isRequired,
        isArray: field.isList,
      })),
  )
  return [...scalars, ...unsupportedColumns()]
}

/** Columns of types that Prisma has no name for; its data model leaves them out. */
function unsupportedColumns(): Column[] {
  return [...schema.matchAll(/^model \w+ \{(.*?)^\}/gms)].flatMap(([, body = '']) => {
    const table = /@@map\("(\w+)"\)/.exec(body)?.[1] ?? ''
    return [...body.matchAll(/^\s+(\w+)\s+Unsupported\("(\w+)"\)(\??)/gm)].map(
      ([, column = '', type = '', optional]) => ({
        table,
        column,
        type,
        isNullable: optional === '?',
        isArray: false,
      }),
    )
  })
}

async function columnsOfDatabase(url: string): Promise<Column[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const { rows } = await client.query<Column>(`
    SELECT c.relname AS "table", a.attname AS "column", ltrim(t.typname, '_') AS type,
      -- Prisma reads an array that is null as an empty one, and has no name for it.
      NOT a.attnotnull AND t.typcategory <> 'A' AS "isNullable", t.typcategory = 'A' AS "isArray"
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_type t ON t.oid = a.atttypid
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
      AND c.relname <> '_prisma_migrations' AND a.attnum > 0 AND NOT a.attisdropped`)
  await client.end()
  return rows
}

const order = (columns: Column[]) =>
  columns.map((column) => JSON.stringify(column, Object.keys(column).toSorted())).toSorted()

test('the migrations make every table and column of the schema, and no other', async () => {
  const { ownerUrl } = await createTestDatabase()

  const [made, wanted] = await Promise.all([columnsOfDatabase(ownerUrl), columnsOfSchema()])

  expect(wanted.length).toBeGreaterThan(100)
  expect(order(made)).toEqual(order(wanted))
})
