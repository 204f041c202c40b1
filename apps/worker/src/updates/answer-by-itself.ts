import { hasListeningWebhook, noteListening, readObject, takeAutoAnswer } from '@tellwire/db'
import { speak } from '@tellwire/texts'
import type { Said } from './place.js'
import { reply } from './reply.js'
import type { UpdateScope } from './scope.js'

/**
 * Tells a person who wrote to a tenant that nobody there reads it, where nobody does, or that it has arrived, where the tenant
 * wants that said. At most once in a day: nobody likes to talk with a machine.
 */
export async function answerByItself(
  scope: UpdateScope,
  { chat, place, speaker }: Said,
  tenantId: string,
): Promise<void> {
  const { db, botId } = scope
  const { autoAnswer, name, texts } = await db.tenant.findUniqueOrThrow({
    where: { id: tenantId },
    select: { autoAnswer: true, name: true, texts: true },
  })
  if (autoAnswer === 'unheard' && (await hasListeningWebhook(db, tenantId))) {
    await noteListening(db, tenantId)
    return
  }
  if (!(await takeAutoAnswer(db, { botId, chatId: BigInt(chat.id), tenantId }))) return
  // They were checked when they were set.
  const { say } = speak(speaker.language, readObject(texts))
  const text = say(autoAnswer === 'always' ? 'received' : 'unheard', { tenant: name })
  await reply(scope, place, { text, tenantId })
}
