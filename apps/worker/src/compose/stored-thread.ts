import type { Database, Prisma } from '@tellwire/db'
import type { SendMethod } from '@tellwire/domain'
import type { FormattedText } from '@tellwire/format'
import type { Thread } from './look-ups.js'

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
