import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import type { Services } from '../../context.js'
import { isAdmin } from '../../plugins/authenticate.js'
import type { RoomWatch } from '../../room-watch.js'

const unlimited = { config: { isUnlimited: true } }
/** Whoever asks more often is told the same again: asking costs statements. */
const keptForMs = 250

interface Readiness {
  isReady: boolean
  details: object
}

/**
 * `/livez`: the process answers. `/readyz`: it can do its work. Strangers are told no more than that; an admin's key is
 * told which dependency is missing.
 */
export function healthRoutes(services: Services, room: RoomWatch): FastifyPluginAsync {
  let known: { readiness: Promise<Readiness>; untilMs: number } | undefined
  const look = (): Promise<Readiness> => {
    if (!known || performance.now() > known.untilMs) {
      known = { readiness: readReadiness(services, room), untilMs: performance.now() + keptForMs }
    }
    return known.readiness
  }

  return async (app) => {
    app.get('/livez', unlimited, async () => ({ status: 'ok' }))

    app.get('/readyz', unlimited, async (request, reply) => {
      const { isReady, details } = await look()
      const status = isReady ? 'ok' : 'unavailable'
      return reply
        .code(isReady ? 200 : 503)
        .send((await mayKnow(services, request)) ? { status, ...details } : { status })
    })
  }
}

/** While the database is away nobody's key can be looked up. */
async function mayKnow(services: Services, request: FastifyRequest): Promise<boolean> {
  if (request.headers.authorization === undefined) return false
  return isAdmin(services, request).catch(() => false)
}

async function readReadiness({ config, db, engine, jobs }: Services, room: RoomWatch): Promise<Readiness> {
  const [state, queue] = await Promise.all([readPostgresState(db, engine), jobs.ping()])
  const postgres = state === 'ok' && room.isFull() ? 'full' : state
  return {
    // Without the queue notifications are still accepted, and the workers' sweep finds them.
    isReady: postgres === 'ok',
    details: {
      checks: { postgres, queue: queue ? 'ok' : 'unreachable' },
      queue: jobs.kind,
      database_roles: config.DATABASE_ENGINE_URL === undefined ? 'one role serves tenants and engine' : 'two roles',
    },
  }
}

type PostgresState = 'ok' | 'read_only' | 'unreachable'

async function readPostgresState(db: Services['db'], engine: Services['engine']): Promise<PostgresState> {
  try {
    const [rows] = await Promise.all([
      db.$queryRaw<{ is_read_only: boolean }[]>`
        SELECT pg_is_in_recovery() OR current_setting('transaction_read_only')::bool AS is_read_only`,
      engine.query('SELECT 1'),
    ])
    return rows[0]?.is_read_only ? 'read_only' : 'ok'
  } catch {
    return 'unreachable'
  }
}
