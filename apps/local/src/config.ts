import { resolve } from 'node:path'
import { parseEnv, redisUrl } from '@tellwire/config'
import Type, { type Static } from 'typebox'
import { StartError } from './start-error.js'

export const LocalEnv = Type.Object({
  TELLWIRE_DATA_DIR: Type.String({ default: '.tellwire' }),
  PORT: Type.Integer({ default: 3000, minimum: 1, maximum: 65535 }),
  SANDBOX_PORT: Type.Integer({ default: 8081, minimum: 1, maximum: 65535 }),
  TELEGRAM_BOT_TOKEN: Type.Optional(Type.String({ pattern: '^\\d+:[A-Za-z0-9_-]+$' })),
  TELEGRAM_API_ROOT: Type.Optional(Type.String({ pattern: '^https?://' })),
  DATABASE_URL: Type.Optional(Type.String({ pattern: '^postgres(ql)?://' })),
  REDIS_URL: redisUrl,
  PUBLIC_URL: Type.Optional(Type.String({ pattern: '^https?://[^/]+' })),
})

const passedOnNames = [
  'PATH',
  'HOME',
  'TZ',
  'LOG_LEVEL',
  'TELEGRAM_TIMEOUT_SECONDS',
  'RATE_LIMIT_PER_SECOND',
  'NODE_EXTRA_CA_CERTS',
]

export interface LocalConfig extends Omit<Static<typeof LocalEnv>, 'TELLWIRE_DATA_DIR'> {
  /** Absolute. A real bot's data lives apart from the sandbox's. */
  dataDir: string
  /** Variables of ours that the services get as they are. */
  passedOn: Record<string, string | undefined>
}

export function readConfig(env: NodeJS.ProcessEnv): LocalConfig {
  const { TELLWIRE_DATA_DIR, ...config } = parseEnv(LocalEnv, env)
  const { TELEGRAM_BOT_TOKEN: token } = config
  if (config.TELEGRAM_API_ROOT !== undefined && token === undefined) {
    throw new StartError(
      'TELEGRAM_API_ROOT is set without TELEGRAM_BOT_TOKEN: set both to use a Bot API server, or neither to use the sandbox.',
    )
  }
  const folder = resolve(TELLWIRE_DATA_DIR)
  const passedOn = Object.fromEntries(passedOnNames.map((name) => [name, env[name]]))
  return {
    ...config,
    passedOn,
    dataDir: token === undefined ? folder : resolve(folder, `telegram-${token.split(':')[0]}`),
  }
}
