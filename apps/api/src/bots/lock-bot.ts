import type { Transaction } from '@tellwire/db'
import type { Needs } from '../context.js'
import { isApiError, notFound } from '../errors.js'

/** Keeps a bot as it is until the transaction ends. @throws `not_found` where it was deleted while Telegram was asked. */
export async function lockBot(db: Transaction, id: string): Promise<void> {
  const rows = await db.$queryRaw<unknown[]>`
    SELECT 1 FROM bots WHERE id = ${id}::uuid AND status <> 'deleted' FOR NO KEY UPDATE`
  if (rows.length === 0) throw notFound('bot', '/id')
}

/** Records what Telegram was told of a bot. Of one that was deleted meanwhile Telegram forgets it again. */
export async function recordOrForget<Result>(
  { telegram }: Needs<'telegram'>,
  token: string,
  record: () => Promise<Result>,
): Promise<Result> {
  try {
    return await record()
  } catch (error) {
    if (isApiError(error) && error.code === 'not_found') await telegram.call(token, 'deleteWebhook', {})
    throw error
  }
}
