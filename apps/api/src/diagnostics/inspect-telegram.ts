import type { Database } from '@tellwire/db'
import { type Sealer, unsealBotToken, webhookAddress } from '@tellwire/domain'
import type { BotApi } from '@tellwire/telegram'
import { type Check, error, type Found, ok, warning } from './check.js'

/** Bots that Telegram is asked about: an address that it does not reach is the same for all. */
const askedMax = 3
const errorLastsMs = 600_000
const pendingMax = 1_000

interface Asked {
  db: Database
  sealer: Sealer
  telegram: BotApi
  publicUrl: string | undefined
}

/** Asks Telegram how it sees the address that it is to reach, and what waits there. */
export async function inspectTelegram(asked: Asked): Promise<Check[]> {
  const found = await askOfAddress(asked).catch((thrown: unknown) =>
    error(`it could not be looked at: ${String(thrown)}`, 'See the log of the API.'),
  )
  return [
    { name: 'public_url', ...found },
    { name: 'pending_updates', ...(await inspectPending(asked.db)) },
  ]
}

async function askOfAddress({ db, sealer, telegram, publicUrl }: Asked): Promise<Found> {
  if (publicUrl === undefined) return ok('there is none: bots are read by long polling')
  if (!publicUrl.startsWith('https://')) {
    return warning(publicUrl, 'Telegram takes https alone: use an address that begins with https://.')
  }
  const bots = await db.bot.findMany({
    where: { status: 'active', updateMode: 'webhook' },
    orderBy: { id: 'desc' },
    take: askedMax,
  })
  for (const bot of bots) {
    const info = await telegram.call(unsealBotToken(sealer, bot), 'getWebhookInfo', {})
    if (info.kind !== 'ok') continue
    const { url, last_error_date: failedAt, last_error_message: message } = info.result
    const wanted = webhookAddress({ publicUrl, telegramId: bot.telegramId })
    if (url !== '' && url !== wanted) {
      return warning(
        `Telegram sends the updates of @${bot.username} elsewhere`,
        'A worker puts it right within ten minutes; else another service uses its token.',
      )
    }
    if (failedAt !== undefined && failedAt * 1_000 > Date.now() - errorLastsMs) {
      return error(
        `Telegram does not reach it: ${message ?? 'it does not say why'}`,
        'Check PUBLIC_URL, its certificate and its proxy.',
      )
    }
  }
  return ok(bots.length === 0 ? `${publicUrl}, which no bot uses yet` : `${publicUrl}, as Telegram sees it too`)
}

async function inspectPending(db: Database): Promise<Found> {
  const { _sum } = await db.bot.aggregate({ where: { status: 'active' }, _sum: { pendingUpdates: true } })
  const count = _sum.pendingUpdates ?? 0
  const detail = `${count} wait at Telegram, as far as it was asked`
  return count <= pendingMax
    ? ok(detail)
    : warning(detail, 'See whether Telegram reaches the API, or start more workers.')
}
