import { databaseUrlsOf, orExit, parseEnv, readServiceEnv } from '@tellwire/config'
import { connectDatabase } from '@tellwire/db'
import { issueAdminKeyByHand } from '@tellwire/domain'
import Type from 'typebox'

// The first admin key comes from whoever can reach the database. It is printed once, and nothing else is.
const config = orExit(() =>
  parseEnv(
    Type.Object({ DATABASE_URL: Type.String(), DATABASE_ENGINE_URL: Type.Optional(Type.String()) }),
    readServiceEnv(process.env),
  ),
)
const db = connectDatabase({ url: databaseUrlsOf(config).engine, poolMax: 1 })
const { key } = await issueAdminKeyByHand(db, { name: 'command line' })
await db.$disconnect()
process.stdout.write(`${key}\n`)
