import { readFile } from 'node:fs/promises'
import Fastify, { type FastifyInstance } from 'fastify'
import { type CallServices, botApiRoutes, callFromWebhook } from './bot-api/routes.js'
import { FloodControl } from './bot-api/flood-control.js'
import { controlRoutes } from './control/routes.js'
import type { World } from './state/world.js'
import { LongPolls } from './updates/long-poll.js'
import { UpdateQueue } from './updates/update-queue.js'
import { WebhookDelivery } from './updates/webhook-delivery.js'

declare module 'fastify' {
  interface FastifyRequest {
    /** When its head arrived, in milliseconds since the epoch, with decimals. */
    arrivedAtMs: number
  }
}

/** Telegram's own limit. */
const headerBytesMax = 262_144
const bodyBytesMax = 60 * 1_048_576

const pageFiles = [
  { url: '/', file: 'index.html', type: 'text/html; charset=utf-8' },
  { url: '/chat-page.css', file: 'chat-page.css', type: 'text/css; charset=utf-8' },
  { url: '/render-rich.js', file: 'render-rich.js', type: 'text/javascript; charset=utf-8' },
  { url: '/render-text.js', file: 'render-text.js', type: 'text/javascript; charset=utf-8' },
  { url: '/render-media.js', file: 'render-media.js', type: 'text/javascript; charset=utf-8' },
  { url: '/session.js', file: 'session.js', type: 'text/javascript; charset=utf-8' },
  { url: '/render-messages.js', file: 'render-messages.js', type: 'text/javascript; charset=utf-8' },
  { url: '/render-group.js', file: 'render-group.js', type: 'text/javascript; charset=utf-8' },
  { url: '/compose.js', file: 'compose.js', type: 'text/javascript; charset=utf-8' },
  { url: '/chat-page.js', file: 'chat-page.js', type: 'text/javascript; charset=utf-8' },
]

export interface SandboxOptions {
  world: World
  /** Telegram's rules for webhook addresses; without them http and any port will do. */
  isCloud?: boolean
}

/** A stand-in for Telegram: a Bot API server, a control API and a chat page. For development and tests only. */
export async function buildSandbox({ world, isCloud = false }: SandboxOptions): Promise<FastifyInstance> {
  const app = Fastify({
    logger: false,
    http: { maxHeaderSize: headerBytesMax },
    bodyLimit: bodyBytesMax,
    routerOptions: { maxParamLength: 500 },
    ajv: { customOptions: { removeAdditional: false, coerceTypes: true } },
  })
  const queue = new UpdateQueue(world)
  const answers: CallServices['answers'] = new Map()
  const webhooks: WebhookDelivery = new WebhookDelivery(world, queue, async (bot, method, body) =>
    callFromWebhook(services, world, bot, method, body),
  )
  const services: CallServices = {
    world,
    queue,
    answers,
    webhooks,
    isCloud,
    flood: new FloodControl(world),
    polls: new LongPolls(queue),
  }

  app.decorateRequest('arrivedAtMs', 0)
  app.addHook('onRequest', async (request) => {
    request.arrivedAtMs = performance.timeOrigin + performance.now()
  })
  app.setNotFoundHandler((_request, reply) =>
    reply.code(404).send({ ok: false, error_code: 404, description: 'Not Found' }),
  )
  app.addHook('onClose', async () => webhooks.close())

  for (const { url, file, type } of pageFiles) {
    const content = await readFile(new URL(`../chat-page/${file}`, import.meta.url))
    app.get(url, async (_request, reply) => reply.type(type).header('cache-control', 'no-store').send(content))
  }
  await app.register(controlRoutes({ world, queue, answers }), { prefix: '/sandbox/v1' })
  await app.register(async (api) => botApiRoutes(api, services))
  await app.ready()
  return app
}
