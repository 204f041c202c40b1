import type { TestDatabase } from '@tellwire/testing'
import pg from 'pg'
import { expect } from 'vitest'

/** Finds the tables in which one of some texts stands, in any column, also as the bytes of it. */
export async function findTables({ ownerUrl }: TestDatabase, texts: readonly string[]): Promise<string[]> {
  const client = new pg.Client({ connectionString: ownerUrl })
  await client.connect()
  const { rows } = await client.query<{ name: string }>(
    `SELECT c.oid::regclass::text AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind = 'r' AND n.nspname IN ('public', 'bullmq') ORDER BY 1`,
  )
  const forms = texts.flatMap((text) => [text, Buffer.from(text).toString('hex')])
  const found: string[] = []
  for (const { name } of rows) {
    const result = await client.query(
      `SELECT FROM ${name} t WHERE EXISTS (SELECT FROM unnest($1::text[]) f WHERE position(f IN t::text) > 0) LIMIT 1`,
      [forms],
    )
    if (result.rowCount) found.push(name.replace(/_(?:default|week_\d+|\d{8})$/, ''))
  }
  await client.end()
  expect(rows.length).toBeGreaterThan(40)
  return [...new Set(found)]
}
