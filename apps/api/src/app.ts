import { findSettledNotifications, newId } from '@tellwire/db'
import {
  createAddressRules,
  createQuotas,
  createSharedCount,
  findEndedLinks,
  findEndedQuestions,
  type OnQuotaWarning,
  recordEvents,
} from '@tellwire/domain'
import { LinkEnded, QuestionEnded, onAnnounced } from '@tellwire/jobs'
import { portOf } from '@tellwire/lifecycle'
import Fastify, { type FastifyInstance, type FastifyRequest } from 'fastify'
import { createCapacity } from './capacity.js'
import { diagnose } from './diagnostics/diagnose.js'
import { createEventFeed } from './events/event-feed.js'
import { createEventStreams } from './events/event-streams.js'
import { createListening } from './events/listening.js'
import type { LastingServices, Services } from './context.js'
import { ApiError } from './errors.js'
import { createGates } from './gates.js'
import { connectPageRoutes } from './features/connect-page/routes.js'
import { healthRoutes } from './features/health/routes.js'
import { pageRoutes } from './features/pages/routes.js'
import { telegramWebhookRoutes } from './features/telegram-webhook/routes.js'
import { endWaitsOnClose } from './http/abort-signal.js'
import { limitAddresses } from './limits/limit-addresses.js'
import { showLimits } from './limits/shown-limits.js'
import { createTotals } from './limits/totals.js'
import { describeOnce } from './openapi/describe-api.js'
import { serveAssets, serveConnectElement } from './plugins/assets.js'
import { authenticateAdmins, authenticateTenants, openAdminScope, openTenantScope } from './plugins/authenticate.js'
import { acceptBodies } from './plugins/bodies.js'
import {
  answerProblem,
  createClientErrorHandler,
  handleErrors,
  refuseUnknownAddresses,
} from './plugins/error-handler.js'
import { takeLargeBodiesInTurn } from './plugins/large-bodies.js'
import { logRequests } from './plugins/request-log.js'
import { sendSecurityHeaders, useHelmet } from './plugins/security-headers.js'
import { shedLoad } from './plugins/shed-load.js'
import { boundCallers } from './plugins/slow-callers.js'
import { createRoomWatch } from './room-watch.js'
import { registerRoutes } from './register-routes.js'
import { operatorRoutes, tenantRoutes } from './routes.js'
import { createWaits } from './waits.js'

const bodyBytesMax = 1_048_576
const headersTimeoutMs = 15_000
/** Whoever has a connect page open waits for its link. */
const visitorsOfTenantMax = 2_500
/** A connection on which nothing moves for so long is closed: whoever asked does not read the answer. */
const idleMsMax = 120_000

/** The whole HTTP service. Whoever made the services closes them, after the app. */
export async function buildApp(services: Services): Promise<FastifyInstance> {
  const { config, log } = services
  const publicUrl = config.PUBLIC_URL?.replace(/\/+$/, '')
  const localUrl = localUrlOf(() => app)
  const baseUrl = (): string => publicUrl ?? localUrl()
  const { operations, close } = toLastingServices(services, publicUrl)

  const app: FastifyInstance = Fastify({
    logger: false,
    bodyLimit: bodyBytesMax,
    connectionTimeout: idleMsMax,
    http: { headersTimeout: headersTimeoutMs, connectionsCheckingInterval: headersTimeoutMs / 3 },
    trustProxy: readTrustProxy(config.TRUST_PROXY),
    genReqId: (request) => readRequestId(request.headers['x-request-id']),
    routerOptions: { maxParamLength: 1_600, ignoreTrailingSlash: false },
    clientErrorHandler: createClientErrorHandler(() => baseUrl()),
    frameworkErrors: (error, request, reply) => {
      const code = error.code === 'FST_ERR_BAD_URL' ? 'malformed_request' : 'not_found'
      void answerProblem(new ApiError(code, 'The address cannot be read.'), request, reply, baseUrl())
    },
  })
  boundCallers(app, { connectionsPerAddress: config.CONNECTIONS_PER_ADDRESS })
  acceptBodies(app)
  endWaitsOnClose(app)
  app.addHook('preClose', close)
  logRequests(app, log)
  const room = createRoomWatch()
  handleErrors(app, baseUrl, log, (error) => room.note(error))
  await sendSecurityHeaders(app)
  await shedLoad(app)
  showLimits(app)
  await limitAddresses(app, {
    perAddress: config.ADDRESS_RATE_LIMIT_PER_SECOND,
    perKey: config.RATE_LIMIT_PER_SECOND,
  })
  refuseUnknownAddresses(app)

  await app.register(healthRoutes(services, room))
  await app.register(async (pages) => {
    await useHelmet(pages)
    await serveAssets(pages)
    await serveConnectElement(pages)
    await pages.register(pageRoutes(describeOnce([...tenantRoutes, ...operatorRoutes], baseUrl)))
    const { waits, gates } = operations
    await pages.register(connectPageRoutes({ db: services.db, waits: waits.links, gate: gates.statements }, baseUrl))
  })
  await app.register(telegramWebhookRoutes(services))
  await app.register(async (tenants) => {
    authenticateTenants(tenants, services, operations.quotas)
    const ownerOf = ({ tenantKey }: FastifyRequest): string => tenantKey?.tenantId ?? ''
    takeLargeBodiesInTurn(tenants, ownerOf)
    registerRoutes(tenants, tenantRoutes, {
      scopeOf: openTenantScope(services, operations, baseUrl),
      ownerOf,
      gates: operations.gates,
    })
  })
  await app.register(async (admins) => {
    authenticateAdmins(admins, services)
    registerRoutes(admins, operatorRoutes, {
      scopeOf: openAdminScope(services, operations, baseUrl),
      ownerOf: () => 'admin',
      gates: operations.gates,
    })
  })
  await app.ready()
  return app
}

function toLastingServices(
  { config, db, tenants, engine, jobs, log, accepter, boundedWork, sealer, telegram, files, metrics }: Services,
  publicUrl: string | undefined,
): { operations: LastingServices; close: () => Promise<void> } {
  const onWaitError = (error: unknown): void => log.warn({ err: error }, 'what is waited for could not be read')
  const waits = {
    links: createWaits((links) => findEndedLinks(db, links), onWaitError, visitorsOfTenantMax),
    notifications: createWaits((notifications) => findSettledNotifications(engine, notifications), onWaitError),
    questions: createWaits((questions) => findEndedQuestions(db, questions), onWaitError),
  }
  const warnOfQuota: OnQuotaWarning = ({ tenantId, ...data }) => {
    recordEvents(db, [{ tenantId, type: 'quota.warning', data }]).catch((error: unknown) =>
      log.warn({ err: error, tenantId }, 'a warning of a quota was not recorded'),
    )
  }
  const onFeedError = (error: unknown): void => log.warn({ err: error }, 'events could not be followed')
  const eventFeed = createEventFeed(engine, onFeedError)
  const eventStreams = createEventStreams(db, onFeedError)
  metrics.eventGateLag(() => eventFeed.lagSeconds())
  const announced = [
    onAnnounced(jobs, LinkEnded, (id) => waits.links.lookAt(id)),
    onAnnounced(jobs, QuestionEnded, (id) => waits.questions.lookAt(id)),
  ]
  const operations: LastingServices = {
    engine,
    accepter,
    boundedWork,
    sealer,
    telegram,
    files,
    metrics,
    capacity: createCapacity({ db, engine }),
    quotas: createQuotas(createSharedCount(engine, jobs), warnOfQuota),
    totals: createTotals({ engine }),
    gates: createGates(),
    addresses: createAddressRules(splitList(config.ALLOWED_PRIVATE_HOSTS)),
    waits,
    eventFeed,
    eventStreams,
    diagnose: () => diagnose({ config, db, tenants, jobs, sealer, telegram }),
    listening: createListening(db, (error) => log.warn({ err: error }, 'that a tenant listens was not noted')),
    webhookBaseUrl: publicUrl,
  }
  const close = async (): Promise<void> => {
    waits.links.close()
    waits.notifications.close()
    waits.questions.close()
    eventStreams.close()
    eventFeed.close()
    await Promise.all(announced.map((each) => each.stop()))
  }
  return { operations, close }
}

/** Without a public URL: the address that the server listens on, looked up once it does. */
function localUrlOf(app: () => FastifyInstance): () => string {
  let known: string | undefined
  return () => {
    if (known !== undefined) return known
    const port = portOf(app().server)
    if (port !== 0) known = `http://127.0.0.1:${port}`
    return known ?? 'http://127.0.0.1:0'
  }
}

function readRequestId(given: string | string[] | undefined): string {
  return typeof given === 'string' && /^[\w.:/+=-]{1,128}$/.test(given) ? given : newId()
}

function splitList(list: string): string[] {
  return list.split(',').flatMap((entry) => entry.trim() || [])
}

/** Whose word is taken for where a request comes from: nobody's, so many proxies', or those at these addresses. */
function readTrustProxy(given: string): boolean | string | ((address: string, hop: number) => boolean) {
  if (given === 'true' || given === 'false') return given === 'true'
  return /^\d+$/.test(given) ? (_, hop) => hop < Number(given) : given
}
