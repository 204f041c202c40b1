/** Reads updates by grammY's own loop, one loop a bot, and stores each of them in Postgres. */
import { Bot } from 'grammy'
import pg from 'pg'
import { nowMs } from '../clock.js'

export interface Inbox {
  token: string
  updates: object[]
}

const answeredAtOnce = 100
const pool = new pg.Pool({ connectionString: process.env['OWNER_URL'], max: 10 })

/** Lets a bot hear what is in its inbox, as Telegram would tell it. */
function startBot({ token, updates }: Inbox): Promise<void> {
  const botInfo = { id: Number(token.split(':')[0]), is_bot: true as const, first_name: 'Bench', username: 'bench_bot' }
  const bot = new Bot(token, { botInfo: botInfo as never })
  let handled = 0
  let told = 0
  return new Promise((resolve, reject) => {
    bot.api.config.use((_call, method) => {
      if (method !== 'getUpdates') return Promise.resolve({ ok: true as const, result: true as never })
      const result = updates.slice(told, told + answeredAtOnce)
      told += result.length
      return Promise.resolve({ ok: true as const, result: result as never })
    })
    bot.use(async ({ update }) => {
      await pool.query(
        'INSERT INTO stored_updates (bot_id, update_id, payload) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
        [botInfo.id, update.update_id, JSON.stringify(update)],
      )
      if (++handled === updates.length) bot.stop().then(resolve, reject)
    })
    bot.start().catch(reject)
  })
}

process.on('message', ({ inboxes }: { inboxes: Inbox[] }) => {
  void (async () => {
    await pool.query(
      'CREATE TABLE IF NOT EXISTS stored_updates (bot_id bigint, update_id bigint, payload jsonb, PRIMARY KEY (bot_id, update_id))',
    )
    const startedMs = nowMs()
    await Promise.all(inboxes.map(startBot))
    process.send?.({ type: 'done', ms: nowMs() - startedMs })
  })()
})
process.on('disconnect', () => process.exit(0))
process.on('SIGTERM', () => process.exit(0))
process.send?.({ type: 'ready' })
