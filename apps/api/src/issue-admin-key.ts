import { orExit, parseEnv } from '@tellwire/config'
import { connectDatabase } from '@tellwire/db'
import { issueAdminKey } from '@tellwire/domain'
import Type from 'typebox'

// The first admin key comes from whoever can reach the database. It is printed once, and nothing else is.
const { DATABASE_URL: url } = orExit(() => parseEnv(Type.Object({ DATABASE_URL: Type.String() }), process.env))
const db = connectDatabase({ url, poolMax: 1 })
const { key } = await issueAdminKey(db, { name: 'command line' })
await db.$disconnect()
process.stdout.write(`${key}\n`)
