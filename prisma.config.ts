import { defineConfig } from 'prisma/config'

// `prisma generate` needs no schema engine, yet tries to download one. Any executable satisfies it;
// migrations are applied by packages/db, so the engine is never run.
process.env['PRISMA_SCHEMA_ENGINE_BINARY'] ??= process.execPath

export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
})
