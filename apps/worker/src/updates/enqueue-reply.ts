import { newId, type Prisma } from '@tellwire/db'
import type { UpdateContext } from './context.js'

/** Answers that may wait in one chat: who writes faster than we answer is answered less often. */
const waitingMax = 5

/** Puts an answer into the bot's lane, before all notifications. The drainer sends it at the chat's pace. */
export async function enqueueReply(
  { db, botId }: UpdateContext,
  chatId: number,
  text: string,
  tenantId: string | null = null,
): Promise<boolean> {
  const waiting = await db.pendingDelivery.count({ where: { botId, chatId: BigInt(chatId), kind: 'reply' } })
  if (waiting >= waitingMax) return false
  const reply: Prisma.InputJsonObject = { text, entities: [] }
  await db.pendingDelivery.create({
    data: { id: newId(), botId, tenantId, priority: 0, chatId: BigInt(chatId), kind: 'reply', reply },
  })
  return true
}
