import { lookup } from 'node:dns/promises'
import { badRequest, tooManyRequests } from '../telegram-error.js'
import { readAllowedUpdates } from './allowed-updates.js'
import type { Method, MethodCall, MethodResult } from './method.js'

const cloudPorts = new Set(['443', '80', '88', '8443'])
const secretMax = 256
const connectionsMax = { cloud: 100, local: 100_000 }

/** When a bot last set its webhook: more than once a second is refused. */
const lastSetAtMs = new WeakMap<object, number>()

export const setWebhook: Method = async (call) => {
  const { bot, parameters, queue, polls, webhooks, world, atMs } = call
  if (parameters.text('url') === '') return deleteWebhook(call)
  const url = await readUrl(call)
  const secretToken = readSecret(parameters.text('secret_token'))
  if (atMs - (lastSetAtMs.get(bot) ?? -Infinity) < 1_000) throw tooManyRequests(1)
  lastSetAtMs.set(bot, atMs)

  readAllowedUpdates(bot, parameters)
  if (parameters.isTrue('drop_pending_updates')) queue.confirm(bot, () => true)
  const maxConnections = Math.min(
    Math.max(parameters.integer('max_connections', 40), 1),
    call.isCloud ? connectionsMax.cloud : connectionsMax.local,
  )
  const isSame =
    bot.webhook?.url === url && bot.webhook.secretToken === secretToken && bot.webhook.maxConnections === maxConnections
  bot.webhook = {
    url,
    secretToken,
    maxConnections,
    lastErrorDate: undefined,
    lastErrorMessage: undefined,
    goneSinceMs: undefined,
  }
  world.onChange()
  polls.endForWebhook(bot.id)
  webhooks.watch(bot)
  return { result: true, description: isSame ? 'Webhook is already set' : 'Webhook was set' }
}

export const deleteWebhook: Method = ({ bot, parameters, queue, world }): MethodResult => {
  if (parameters.isTrue('drop_pending_updates')) queue.confirm(bot, () => true)
  const wasSet = bot.webhook !== undefined
  bot.webhook = undefined
  world.onChange()
  return { result: true, description: wasSet ? 'Webhook was deleted' : 'Webhook is already deleted' }
}

export const getWebhookInfo: Method = ({ bot, queue }) => {
  const { webhook, allowedUpdates } = bot
  return {
    result: {
      url: webhook?.url ?? '',
      has_custom_certificate: false,
      pending_update_count: queue.pending(bot).length,
      ...(webhook?.lastErrorDate === undefined
        ? {}
        : { last_error_date: webhook.lastErrorDate, last_error_message: webhook.lastErrorMessage }),
      ...(webhook ? { max_connections: webhook.maxConnections, ip_address: '127.0.0.1' } : {}),
      ...(allowedUpdates ? { allowed_updates: allowedUpdates } : {}),
    },
  }
}

async function readUrl({ parameters, isCloud }: MethodCall): Promise<string> {
  const given = parameters.text('url')
  const text = /^[a-z][a-z0-9+.-]*:\/\//i.test(given) ? given : `https://${given}`
  if (!URL.canParse(text)) throw badRequest('invalid webhook URL specified')
  const url = new URL(text)
  if (url.protocol !== 'https:' && (isCloud || url.protocol !== 'http:'))
    throw badRequest('bad webhook: An HTTPS URL must be provided for webhook')
  const port = url.port || (url.protocol === 'https:' ? '443' : '80')
  if (isCloud && !cloudPorts.has(port))
    throw badRequest('bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443')
  await lookup(url.hostname.replace(/^\[|\]$/g, '')).catch(() => {
    throw badRequest('bad webhook: Failed to resolve host: Name or service not known')
  })
  return url.href
}

function readSecret(secret: string): string | undefined {
  if (secret.length > secretMax) throw badRequest('secret token is too long')
  if (!/^[A-Za-z0-9_-]*$/.test(secret)) throw badRequest('secret token contains unallowed characters')
  return secret === '' ? undefined : secret
}
