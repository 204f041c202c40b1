import { readWebhookSecret, receiveUpdates } from '@tellwire/domain'
import type { Update } from '@tellwire/telegram'
import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import type { Services } from '../../context.js'
import { ApiError, notFound } from '../../errors.js'

declare module 'fastify' {
  interface FastifyRequest {
    /** Which of its bot's secrets came with an update. */
    webhookSecretVersion: number
  }
}

interface Params {
  telegram_id: string
}

const telegramIdPattern = /^\d{1,18}$/

/** Where Telegram delivers updates: one address for each bot, and a secret that only Telegram was told. */
export function telegramWebhookRoutes({ db, engine, waker, sealer }: Services): FastifyPluginAsync {
  return async (app) => {
    app.decorateRequest('webhookSecretVersion', 0)
    // An update that we refused would come again for a day and hold up its chat, so any JSON is taken;
    // what the database cannot store is cleaned when it is stored.
    app.removeContentTypeParser('application/json')
    app.addContentTypeParser(
      'application/json',
      { parseAs: 'string' },
      async (_request: FastifyRequest, body: string) => parse(body),
    )

    // Before the body is read: what comes without the secret may be sent by anybody.
    app.addHook<{ Params: Params }>('onRequest', async (request) => {
      const { params, headers } = request
      if (!telegramIdPattern.test(params.telegram_id)) throw notFound('bot')
      const given = headers['x-telegram-bot-api-secret-token']
      const version =
        typeof given === 'string' ? readWebhookSecret(sealer, BigInt(params.telegram_id), given) : undefined
      if (version === undefined) throw secretRefused()
      request.webhookSecretVersion = version
    })

    app.post<{ Params: Params; Body: unknown }>(
      '/telegram/:telegram_id',
      { config: { isUnlimited: true } },
      async ({ params, webhookSecretVersion, body }) => {
        const telegramId = BigInt(params.telegram_id)
        const bot = await db.bot.findUnique({ where: { telegramId }, select: { id: true, webhookSecretVersion: true } })
        if (!bot) throw notFound('bot')
        // What was sent with the secret before is still under way when it changes.
        if (![0, 1].includes(bot.webhookSecretVersion - webhookSecretVersion)) throw secretRefused()
        await receiveUpdates({ engine, waker, sealer }, bot.id, [readUpdate(body)])
        return {}
      },
    )
  }
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch (cause) {
    throw new ApiError('malformed_json', 'The body is not valid JSON.', { cause })
  }
}

function secretRefused(): ApiError {
  return new ApiError('unauthenticated', 'The secret token is missing or wrong.')
}

function readUpdate(body: unknown): Update {
  const updateId = (body as { update_id?: unknown } | null)?.update_id
  if (typeof body !== 'object' || body === null || !Number.isSafeInteger(updateId)) {
    throw new ApiError('invalid_request', 'This is not an update.', {
      errors: [{ pointer: '/update_id', code: 'required', detail: 'must be an integer' }],
    })
  }
  return body as Update
}
