import { parseEnv, readServiceEnv, SecretKey, storesEnv } from '@tellwire/config'
import { filesEnv } from '@tellwire/files'
import Type, { type Static } from 'typebox'

export const WorkerEnv = Type.Object({
  ...storesEnv,
  SECRET_KEY: SecretKey,
  TELEGRAM_API_ROOT: Type.String({ default: 'https://api.telegram.org', pattern: '^https?://' }),
  TELEGRAM_TIMEOUT_SECONDS: Type.Integer({ default: 15, minimum: 1, maximum: 120 }),
  TELEGRAM_CONNECTIONS: Type.Integer({ default: 512, minimum: 1, maximum: 10_000 }),
  METRICS_HOST: Type.String({ default: '127.0.0.1' }),
  METRICS_PORT: Type.Optional(Type.Integer({ minimum: 0, maximum: 65535 })),
  ALLOWED_PRIVATE_HOSTS: Type.String({ default: '' }),
  HEARTBEAT_FILE: Type.Optional(Type.String()),
  ...filesEnv,
  LOG_LEVEL: Type.Union(
    ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'].map((level) => Type.Literal(level)),
    { default: 'info' },
  ),
})

export type WorkerConfig = Static<typeof WorkerEnv>

export function readConfig(env: NodeJS.ProcessEnv): WorkerConfig {
  return parseEnv(WorkerEnv, readServiceEnv(env))
}
