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

export async function readThread(db: Database, key: ThreadKey): Promise<Thread | undefined> {
  const stored = await db.messageThread.findUnique({ where: { tenantId_botId_chatId_threadKey: key } })
  if (!stored) return undefined
  const { notificationId, messageId, method, shown } = stored
  return {
    notificationId,
    messageId: Number(messageId),
    // As `writeThread` writes them.
    method: method as SendMethod,
    shown: shown as unknown as FormattedText,
  }
}

export async function writeThread(db: Database, key: ThreadKey, thread: Thread): Promise<void> {
  const state = {
    notificationId: thread.notificationId,
    messageId: BigInt(thread.messageId),
    method: thread.method,
    // Without the fields that are undefined it is JSON.
    shown: JSON.parse(JSON.stringify(thread.shown)) as Prisma.InputJsonObject,
    updatedAt: new Date(),
  }
  await db.messageThread.upsert({
    where: { tenantId_botId_chatId_threadKey: key },
    create: { ...key, ...state },
    update: state,
  })
}
