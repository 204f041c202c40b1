import { parseEnv, SecretKey } from '@tellwire/config'
import { filesEnv } from '@tellwire/files'
import Type, { type Static } from 'typebox'

export const ApiEnv = Type.Object({
  DATABASE_URL: Type.String({ pattern: '^postgres(ql)?://' }),
  DATABASE_ENGINE_URL: Type.Optional(Type.String({ pattern: '^postgres(ql)?://' })),
  REDIS_URL: Type.Optional(Type.String({ pattern: '^rediss?://' })),
  SECRET_KEY: SecretKey,
  PUBLIC_URL: Type.Optional(Type.String({ pattern: '^https?://[^/]+' })),
  HOST: Type.String({ default: '127.0.0.1' }),
  PORT: Type.Integer({ default: 3000, minimum: 0, maximum: 65535 }),
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
  DATABASE_APP_PASSWORD: Type.Optional(Type.String({ minLength: 1 })),
  DATABASE_ENGINE_PASSWORD: Type.Optional(Type.String({ minLength: 1 })),
})

export type ApiConfig = Static<typeof ApiEnv>

export function readConfig(env: NodeJS.ProcessEnv): ApiConfig {
  return parseEnv(ApiEnv, env)
}
