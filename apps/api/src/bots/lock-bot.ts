import type { Transaction } from '@tellwire/db'
import { notFound } from '../errors.js'

/** Keeps a bot as it is until the transaction ends. @throws `not_found` where it was deleted while Telegram was asked. */
export async function lockBot(db: Transaction, id: string): Promise<void> {
  const rows = await db.$queryRaw<unknown[]>`
    SELECT 1 FROM bots WHERE id = ${id}::uuid AND status <> 'deleted' FOR UPDATE`
  if (rows.length === 0) throw notFound('bot', '/id')
}
