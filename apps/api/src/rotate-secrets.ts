import { databaseUrlsOf, orExit, parseEnv, readServiceEnv, SecretKey } from '@tellwire/config'
import { connectDatabase, nilUuid } from '@tellwire/db'
import { openSealer, recordAudit, resealSecrets } from '@tellwire/domain'
import Type from 'typebox'

// Seals all secrets with the first of the keys in SECRET_KEY, while the services run; it may be cut off and begun again.
const RotateEnv = Type.Object({
  DATABASE_URL: Type.String(),
  DATABASE_ENGINE_URL: Type.Optional(Type.String()),
  SECRET_KEY: SecretKey,
})

const config = orExit(() => parseEnv(RotateEnv, readServiceEnv(process.env)))
const db = connectDatabase({
  url: databaseUrlsOf(config).engine,
  applicationName: 'tellwire-rotate-secrets',
  poolMax: 2,
})
try {
  const sealer = await openSealer(db, config.SECRET_KEY)
  const tables = await resealSecrets(db, sealer)
  const after = Object.fromEntries(tables.map(({ table, resealed }) => [table, resealed]))
  const scope = { db, actor: { type: 'system' as const, id: 'rotate-secrets' } }
  await recordAudit(scope, { tenantId: nilUuid, action: 'secrets.rotated', after })
  for (const { table, resealed, unreadable } of tables) {
    process.stdout.write(`${table}: ${resealed} sealed anew, ${unreadable} left that no key here opens\n`)
  }
  const isDone = tables.every(({ unreadable }) => unreadable === 0)
  process.stdout.write(
    isDone
      ? 'All secrets are sealed with the first key. Take the others out of SECRET_KEY, and start the services anew.\n'
      : 'Keep the other keys in SECRET_KEY: some of what is left may need them.\n',
  )
  if (!isDone) process.exitCode = 1
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
} finally {
  await db.$disconnect()
}
