import pg from 'pg'

export async function createDatabase(serverUrl: string, name: string, template?: string): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl })
  await client.connect()
  try {
    const source = template === undefined ? '' : ` TEMPLATE ${pg.escapeIdentifier(template)}`
    await client.query(`CREATE DATABASE ${pg.escapeIdentifier(name)}${source}`)
  } finally {
    await client.end()
  }
}
