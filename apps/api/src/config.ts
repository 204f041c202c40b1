import { parseEnv, readServiceEnv, SecretKey, storesEnv } from '@tellwire/config'
import { isWellFormedKey, type KeyKind } from '@tellwire/domain'
import { filesEnv } from '@tellwire/files'
import Type, { type Static } from 'typebox'

function wellFormed(kind: KeyKind) {
  const form = `must be a key as node apps/api/dist/make-key.js ${kind} makes one`
  return Type.Optional(Type.Refine(Type.String({ 'x-form': form }), (key) => isWellFormedKey(key, [kind])))
}

export const ApiEnv = Type.Object({
  ...storesEnv,
  SECRET_KEY: SecretKey,
  TELLWIRE_ADMIN_KEY: wellFormed('admin'),
  TELLWIRE_TENANT_KEY: wellFormed('live'),
  TELLWIRE_TENANT_NAME: Type.String({ default: 'Default', maxLength: 100 }),
  PUBLIC_URL: Type.Optional(Type.String({ pattern: '^https?://[^/]+' })),
  HOST: Type.String({ default: '127.0.0.1' }),
  PORT: Type.Integer({ default: 3000, minimum: 0, maximum: 65535 }),
  METRICS_HOST: Type.String({ default: '127.0.0.1' }),
  API_METRICS_PORT: Type.Optional(Type.Integer({ minimum: 0, maximum: 65535 })),
  RATE_LIMIT_PER_SECOND: Type.Integer({ default: 10_000, minimum: 1 }),
  ADDRESS_RATE_LIMIT_PER_SECOND: Type.Integer({ default: 200, minimum: 1 }),
  TRUST_PROXY: Type.String({ default: 'false', pattern: '^(true|false|[0-9]{1,2}|[0-9a-fA-F.:/, ]+)$' }),
  ALLOWED_PRIVATE_HOSTS: Type.String({ default: '' }),
  CONNECTIONS_PER_ADDRESS: Type.Integer({ default: 10_000, minimum: 1 }),
  TELEGRAM_API_ROOT: Type.String({ default: 'https://api.telegram.org', pattern: '^https?://' }),
  ...filesEnv,
  LOG_LEVEL: Type.Union(
    ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'].map((level) => Type.Literal(level)),
    { default: 'info' },
  ),
})

/** Of the command that prepares the database, which is given the URL of its owner. */
export const MigrateEnv = Type.Object({
  DATABASE_URL: Type.String(),
  DATABASE_DIRECT_URL: Type.Optional(Type.String()),
  DATABASE_APP_PASSWORD: Type.Optional(Type.String({ minLength: 1 })),
  DATABASE_ENGINE_PASSWORD: Type.Optional(Type.String({ minLength: 1 })),
})

/** @throws {ConfigError} */
export function readMigrateConfig(env: NodeJS.ProcessEnv): Static<typeof MigrateEnv> {
  return parseEnv(MigrateEnv, readServiceEnv(env, ['DATABASE_APP_PASSWORD']))
}

export type ApiConfig = Static<typeof ApiEnv>

export function readConfig(env: NodeJS.ProcessEnv): ApiConfig {
  return parseEnv(ApiEnv, readServiceEnv(env, ['TELLWIRE_ADMIN_KEY', 'TELLWIRE_TENANT_KEY']))
}
