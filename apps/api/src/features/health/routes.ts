import type { FastifyPluginAsync } from 'fastify'
import type { Services } from '../../context.js'

const unlimited = { config: { isUnlimited: true } }

/** `/livez`: the process answers. `/readyz`: it can do its work, and which dependency is missing if not. */
export function healthRoutes({ config, db, engine, jobs }: Services): FastifyPluginAsync {
  return async (app) => {
    app.get('/livez', unlimited, async () => ({ status: 'ok' }))

    app.get('/readyz', unlimited, async (_request, reply) => {
      const [postgres, queue] = await Promise.all([arePostgresPoolsReady(db, engine), jobs.ping()])
      const roles = config.DATABASE_ENGINE_URL === undefined ? 'one role serves tenants and engine' : 'two roles'
      // Without the queue notifications are still accepted, and the workers' sweep finds them.
      return reply.code(postgres ? 200 : 503).send({
        status: postgres ? (queue ? 'ok' : 'degraded') : 'unavailable',
        checks: { postgres: postgres ? 'ok' : 'unreachable', queue: queue ? 'ok' : 'unreachable' },
        queue: jobs.kind,
        database_roles: roles,
      })
    })
  }
}

async function arePostgresPoolsReady(db: Services['db'], engine: Services['engine']): Promise<boolean> {
  const asked = Promise.all([db.$queryRaw`SELECT 1`, engine.query('SELECT 1')])
  return asked.then(
    () => true,
    () => false,
  )
}
