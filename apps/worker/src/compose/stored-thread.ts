import type { Database, Prisma, Transaction } from '@tellwire/db'
import type { SendMethod } from '@tellwire/domain'
import type { FormattedText } from '@tellwire/format'
import type { Thread } from './look-ups.js'
import { type ReplyButton, toInlineKeyboard } from './reply-body.js'

export interface ThreadKey {
  tenantId: string
  botId: string
  chatId: bigint
  threadKey: string
}

type StoredShown = FormattedText & { kept?: Record<string, unknown> }

export async function readThread(db: Database, key: ThreadKey): Promise<Thread | undefined> {
  const stored = await db.messageThread.findUnique({ where: { tenantId_botId_chatId_threadKey: key } })
  if (!stored) return undefined
  const { notificationId, messageId, method, shown } = stored
  // As `writeThread` writes it; before there was anything else to keep, it was the text alone.
  const { kept = {}, ...text } = shown as unknown as StoredShown
  return {
    notificationId,
    messageId: Number(messageId),
    method: method as SendMethod,
    shown: text,
    kept,
  }
}

/**
 * Changes the buttons that stay when something is added to a message; without any it has none any more. A message of no thread
 * is left as it is.
 */
export async function changeThreadButtons(
  db: Transaction,
  { tenantId, botId, chatId, messageId }: Omit<ThreadKey, 'threadKey'> & { messageId: number },
  buttons: readonly (readonly ReplyButton[])[],
): Promise<void> {
  const markup = buttons.length === 0 ? null : JSON.stringify(toInlineKeyboard(buttons))
  // Nothing else of it is touched: something may be added to the message at this moment.
  await db.$executeRaw`
    UPDATE message_threads SET shown = CASE
      WHEN ${markup}::jsonb IS NULL THEN shown #- '{kept,reply_markup}'
      ELSE jsonb_set(shown, '{kept,reply_markup}', ${markup}::jsonb)
    END
    WHERE tenant_id = ${tenantId}::uuid AND bot_id = ${botId}::uuid AND chat_id = ${chatId} AND message_id = ${messageId}`
}

export async function writeThread(db: Database, key: ThreadKey, thread: Thread): Promise<void> {
  const state = {
    notificationId: thread.notificationId,
    messageId: BigInt(thread.messageId),
    method: thread.method,
    // Without the fields that are undefined it is JSON.
    shown: JSON.parse(JSON.stringify({ ...thread.shown, kept: thread.kept })) as Prisma.InputJsonObject,
    updatedAt: new Date(),
  }
  await db.messageThread.upsert({
    where: { tenantId_botId_chatId_threadKey: key },
    create: { ...key, ...state },
    update: state,
  })
}
