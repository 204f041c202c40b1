import type { AddressInfo } from 'node:net'
import helmet from '@fastify/helmet'
import { newId } from '@tellwire/db'
import Fastify, { type FastifyInstance } from 'fastify'
import { createCapacity } from './capacity.js'
import type { Services } from './context.js'
import { createClientErrorHandler, answerProblem, handleErrors } from './plugins/error-handler.js'
import { ApiError } from './errors.js'
import { adminRoutes } from './features/admin/routes.js'
import { botRoutes } from './features/bots/routes.js'
import { connectLinkRoutes } from './features/connect-links/routes.js'
import { connectPageRoutes } from './features/connect-page/routes.js'
import { connectionRoutes } from './features/connections/routes.js'
import { fileRoutes } from './features/files/routes.js'
import { healthRoutes } from './features/health/routes.js'
import { notificationRoutes } from './features/notifications/routes.js'
import { problemRoutes } from './features/problems/routes.js'
import { renderRoutes } from './features/render/routes.js'
import { telegramWebhookRoutes } from './features/telegram-webhook/routes.js'
import { templateRoutes } from './features/templates/routes.js'
import { topicRoutes } from './features/topics/routes.js'
import { userRoutes } from './features/users/routes.js'
import { endWaitsOnClose } from './http/abort-signal.js'
import { readJson } from './http/read-json.js'
import { createValidatorCompiler } from './http/validation.js'
import { authenticateAdmins, authenticateTenants, type TenantContextBase } from './plugins/authenticate.js'
import { describeApi } from './plugins/openapi.js'
import { limitRates } from './plugins/rate-limit.js'
import { logRequests } from './plugins/request-log.js'

const bodyBytesMax = 1_048_576

/** The whole HTTP service. Whoever made the services closes them, after the app. */
export async function buildApp(services: Services): Promise<FastifyInstance> {
  const { config, log } = services
  const publicUrl = config.PUBLIC_URL?.replace(/\/+$/, '')
  const localUrl = localUrlOf(() => app)
  const baseUrl = (): string => publicUrl ?? localUrl()

  const app: FastifyInstance = Fastify({
    logger: false,
    bodyLimit: bodyBytesMax,
    genReqId: (request) => readRequestId(request.headers['x-request-id']),
    routerOptions: { maxParamLength: 1_600, ignoreTrailingSlash: false },
    clientErrorHandler: createClientErrorHandler(() => baseUrl()),
    frameworkErrors: (error, request, reply) => {
      const code = error.code === 'FST_ERR_BAD_URL' ? 'malformed_request' : 'not_found'
      void answerProblem(new ApiError(code, 'The address cannot be read.'), request, reply, baseUrl())
    },
  })

  app.setValidatorCompiler(createValidatorCompiler())
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, async (_request: unknown, body: Buffer) =>
    readJson(body),
  )

  endWaitsOnClose(app)
  logRequests(app, log)
  handleErrors(app, baseUrl, log)
  await app.register(helmet, { contentSecurityPolicy: { directives: { upgradeInsecureRequests: null } } })
  await limitRates(app, config.RATE_LIMIT_PER_SECOND)
  await describeApi(app, baseUrl)

  await app.register(healthRoutes(services))
  await app.register(problemRoutes)
  await app.register(connectPageRoutes(services, baseUrl))
  await app.register(telegramWebhookRoutes(services))

  await app.register(
    async (tenantApp) => {
      authenticateTenants(tenantApp, services, toContextBase(services, baseUrl, publicUrl))
      await tenantApp.register(connectLinkRoutes, { prefix: '/connect-links' })
      await tenantApp.register(userRoutes, { prefix: '/users' })
      await tenantApp.register(connectionRoutes, { prefix: '/connections' })
      await tenantApp.register(notificationRoutes, { prefix: '/notifications' })
      await tenantApp.register(topicRoutes, { prefix: '/topics' })
      await tenantApp.register(botRoutes, { prefix: '/bots' })
      await tenantApp.register(fileRoutes, { prefix: '/files' })
      await tenantApp.register(templateRoutes, { prefix: '/templates' })
      await tenantApp.register(renderRoutes, { prefix: '/render' })
    },
    { prefix: '/v1' },
  )

  await app.register(
    async (adminApp) => {
      authenticateAdmins(adminApp, services)
      await adminApp.register(adminRoutes(services))
    },
    { prefix: '/admin/v1' },
  )

  await app.ready()
  return app
}

function toContextBase(services: Services, baseUrl: () => string, publicUrl: string | undefined): TenantContextBase {
  const { db, engine, waker, accepter, sealer, telegram, files } = services
  return {
    db,
    engine,
    waker,
    sealer,
    telegram,
    files,
    accepter,
    capacity: createCapacity({ db, engine }),
    webhookBaseUrl: publicUrl,
    get baseUrl() {
      return baseUrl()
    },
  }
}

/** Without a public URL: the address that the server listens on, looked up once it does. */
function localUrlOf(app: () => FastifyInstance): () => string {
  let known: string | undefined
  return () => {
    if (known !== undefined) return known
    const address = app().server.address() as AddressInfo | null
    if (address) known = `http://127.0.0.1:${address.port}`
    return known ?? 'http://127.0.0.1:0'
  }
}

function readRequestId(given: string | string[] | undefined): string {
  return typeof given === 'string' && /^[\w.:/+=-]{1,128}$/.test(given) ? given : newId()
}
