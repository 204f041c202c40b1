/** Sends a list and stores nothing: with grammY, or with nothing but `undici`. */
import { Api } from 'grammy'
import { Pool } from 'undici'
import { nowMs } from '../clock.js'

export interface Target {
  token: string
  chatId: number
  text: string
}

const concurrency = 64
const apiRoot = process.env['TELEGRAM_API_ROOT'] ?? ''

function createSender(): (target: Target) => Promise<void> {
  if (process.env['PEER'] === 'grammy') {
    const apis = new Map<string, Api>()
    return async ({ token, chatId, text }) => {
      let api = apis.get(token)
      if (!api) apis.set(token, (api = new Api(token, { apiRoot })))
      await api.sendMessage(chatId, text)
    }
  }
  const pool = new Pool(apiRoot, { connections: concurrency })
  return async ({ token, chatId, text }) => {
    const { body } = await pool.request({
      method: 'POST',
      path: `/bot${token}/sendMessage`,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ chat_id: chatId, text }),
    })
    await body.json()
  }
}

const send = createSender()

process.on('message', ({ targets }: { targets: Target[] }) => {
  void (async () => {
    const startedMs = nowMs()
    const next = targets.values()
    await Promise.all(
      Array.from({ length: concurrency }, async () => {
        for (const target of next) await send(target)
      }),
    )
    process.send?.({ type: 'done', ms: nowMs() - startedMs })
  })()
})
process.on('disconnect', () => process.exit(0))
process.on('SIGTERM', () => process.exit(0))
process.send?.({ type: 'ready' })
