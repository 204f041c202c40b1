import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { FastifyInstance, FastifySchema } from 'fastify'
import { Problem } from '../http/schemas.js'

/** The documentation sets styles from its scripts. */
const documentationPolicy =
  "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; base-uri 'self'; frame-ancestors 'self'; object-src 'none'"

/** `/openapi.json` from the routes' own schemas, and `/docs` to read it. */
export async function describeApi(app: FastifyInstance, baseUrl: () => string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Tellwire',
        version: '1',
        description: 'Push notifications over Telegram: connect your users with a link, then POST them Markdown.',
        license: { name: 'MIT', identifier: 'MIT' },
      },
      components: {
        securitySchemes: {
          tenantKey: { type: 'http', scheme: 'bearer', bearerFormat: 'tw_live_…' },
          adminKey: { type: 'http', scheme: 'bearer', bearerFormat: 'tw_admin_…' },
        },
      },
      tags: [
        { name: 'connect links', description: 'How a user of yours connects a Telegram chat.' },
        { name: 'users' },
        { name: 'connections' },
        { name: 'notifications' },
        { name: 'topics' },
        { name: 'bots' },
        { name: 'admin', description: 'For whoever operates the service.' },
      ],
    },
    hideUntagged: true,
    transform: ({ schema, url }) => ({ schema: completeSchema(schema, url), url }),
  })
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: documentationPolicy,
    uiConfig: { docExpansion: 'list', persistAuthorization: true },
  })
  app.get('/openapi.json', { schema: { hide: true } }, async () => ({
    ...app.swagger(),
    servers: [{ url: baseUrl() }],
  }))
}

/** What holds for every described route: the key it needs, and the shape of its failures. */
function completeSchema(schema: FastifySchema | undefined, url: string): FastifySchema {
  const key = url.startsWith('/admin/') ? 'adminKey' : 'tenantKey'
  const responses = (schema?.response ?? {}) as Record<string, unknown>
  return {
    ...schema,
    security: [{ [key]: [] }],
    response: { ...responses, '4XX': Problem, '5XX': Problem },
  }
}
