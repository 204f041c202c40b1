import type { WorkerContext } from '../context.js'
import type { Call, CalledMedium } from './call.js'
import type { QueuedDelivery } from './send-queue.js'

/** What an answer has of a message. */
export interface SentMessage {
  message_id: number
  photo?: { file_id: string }[]
  [type: string]: unknown
}

/** Keeps what later calls need: under which names Telegram knows the files, and which message a thread is. */
export async function noteSent(
  ctx: WorkerContext,
  botId: string,
  delivery: QueuedDelivery,
  call: Call,
  messages: readonly SentMessage[],
): Promise<void> {
  await Promise.all([
    ...call.media.map((medium) => noteUpload(ctx, botId, delivery, medium, messages[medium.index])),
    noteThread(ctx, botId, delivery, call, messages[0]?.message_id ?? call.changesMessageId),
  ])
}

async function noteUpload(
  { db }: WorkerContext,
  botId: string,
  { tenantId }: QueuedDelivery,
  { type, fileId, telegramFileId: known }: CalledMedium,
  message: SentMessage | undefined,
): Promise<void> {
  const telegramFileId = message && fileIdOf(message, type)
  if (known !== undefined || telegramFileId === undefined) return
  const key = { tenantId: tenantId ?? '', fileId, botId, type }
  await db.botFile.upsert({
    where: { tenantId_fileId_botId_type: key },
    create: { ...key, telegramFileId },
    update: { telegramFileId, uploadedAt: new Date() },
  })
}

/** Of a photo Telegram keeps several sizes, the largest last. */
function fileIdOf(message: SentMessage, type: string): string | undefined {
  const medium = type === 'photo' ? message.photo?.at(-1) : message[type]
  const fileId = (medium as { file_id?: unknown } | undefined)?.file_id
  return typeof fileId === 'string' ? fileId : undefined
}

async function noteThread(
  { db }: WorkerContext,
  botId: string,
  { tenantId, chatId, notificationId }: QueuedDelivery,
  { thread }: Call,
  messageId: number | undefined,
): Promise<void> {
  if (!thread || messageId === undefined || notificationId === null) return
  const key = { tenantId: tenantId ?? '', botId, chatId: BigInt(chatId), threadKey: thread.key }
  const state = {
    notificationId,
    messageId: BigInt(messageId),
    method: thread.method,
    shown: JSON.parse(JSON.stringify(thread.shown)) as object,
    updatedAt: new Date(),
  }
  await db.messageThread.upsert({
    where: { tenantId_botId_chatId_threadKey: key },
    create: { ...key, ...state },
    update: state,
  })
}

/** Telegram no longer knows a file by the name it gave: it is uploaded again. */
export async function forgetUploads(
  { db }: WorkerContext,
  botId: string,
  { tenantId }: QueuedDelivery,
  { media }: Call,
): Promise<void> {
  const told = media.flatMap(({ telegramFileId }) => telegramFileId ?? [])
  await db.botFile.deleteMany({ where: { tenantId: tenantId ?? '', botId, telegramFileId: { in: told } } })
}
