import Type from 'typebox'
import { parseRedisUrl } from './redis-url.js'

/** A variable that {@link parseRedisUrl} reads. */
export const redisUrl = Type.Optional(
  Type.Refine(
    Type.String({
      'x-form':
        'must be redis://host:6379, redis+sentinel://host:26379,…/name-of-master or redis+cluster://host:6379,…',
    }),
    isRedisUrl,
  ),
)

function isRedisUrl(url: string): boolean {
  try {
    parseRedisUrl(url)
    return true
  } catch {
    return false
  }
}

const databaseUrl = Type.String({ pattern: '^postgres(ql)?://' })

/** The variables that say where a service's stores are. */
export const storesEnv = {
  DATABASE_URL: databaseUrl,
  DATABASE_ENGINE_URL: Type.Optional(databaseUrl),
  DATABASE_DIRECT_URL: Type.Optional(databaseUrl),
  REDIS_URL: redisUrl,
}

export interface StoresConfig {
  DATABASE_URL: string
  DATABASE_ENGINE_URL?: string
  DATABASE_DIRECT_URL?: string
}

/** Where the database is, for each use that is made of it. */
export interface DatabaseUrls {
  /** As the role that sees one tenant at a time. */
  tenants: string
  /** As the role of the service itself. */
  engine: string
  /** The same, past any pooler: for connections that listen or keep settings. */
  direct: string
}

export function databaseUrlsOf(config: StoresConfig): DatabaseUrls {
  const { DATABASE_URL: tenants, DATABASE_ENGINE_URL: engine = tenants, DATABASE_DIRECT_URL: direct = engine } = config
  return { tenants, engine, direct }
}
