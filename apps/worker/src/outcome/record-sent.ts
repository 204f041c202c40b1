import type { Database } from '@tellwire/db'
import type { CalledMedium } from '../compose/call.js'
import { writeThread } from '../compose/stored-thread.js'
import type { QueuedDelivery } from '../lane/send-queue.js'
import type { SentMessage } from './verdict.js'

/** Records what later calls need: under which names Telegram knows the files, and which message a thread is. */
export async function recordSent(
  db: Database,
  botId: string,
  delivery: QueuedDelivery,
  messages: readonly SentMessage[],
): Promise<void> {
  if (delivery.kind === 'reply') return
  const { call, tenantId, notificationId } = delivery
  const messageId = messages[0]?.message_id ?? call.editsMessageId
  await Promise.all([
    ...call.media.map((medium) => recordUpload(db, { tenantId, botId }, medium, messages[medium.index])),
    call.thread &&
      messageId !== undefined &&
      writeThread(
        db,
        { tenantId, botId, chatId: BigInt(delivery.chatId), threadKey: call.thread.key },
        { notificationId, messageId, method: call.thread.method, shown: call.thread.shown, kept: call.thread.kept },
      ),
  ])
}

async function recordUpload(
  db: Database,
  owner: { tenantId: string; botId: string },
  { type, fileId, telegramFileId: known }: CalledMedium,
  message: SentMessage | undefined,
): Promise<void> {
  const telegramFileId = message && fileIdOf(message, type)
  if (known !== undefined || telegramFileId === undefined) return
  const key = { ...owner, fileId, type }
  await db.botFile.upsert({
    where: { tenantId_fileId_botId_type: key },
    create: { ...key, telegramFileId },
    update: { telegramFileId, uploadedAt: new Date() },
  })
}

/** Of a photo Telegram keeps several sizes, the largest last. */
function fileIdOf(message: SentMessage, type: string): string | undefined {
  const medium = type === 'photo' ? message.photo?.at(-1) : message[type]
  if (typeof medium !== 'object' || medium === null || !('file_id' in medium)) return undefined
  return typeof medium.file_id === 'string' ? medium.file_id : undefined
}

/** Forgets the names under which Telegram no longer knows files: they are uploaded again. */
export async function forgetUploads(db: Database, botId: string, delivery: QueuedDelivery): Promise<void> {
  if (delivery.kind === 'reply') return
  const told = delivery.call.media.flatMap(({ telegramFileId }) => telegramFileId ?? [])
  await db.botFile.deleteMany({ where: { tenantId: delivery.tenantId, botId, telegramFileId: { in: told } } })
}
