import {
  deliveryIdsOf,
  type ClaimedDelivery,
  type ClaimedEdit,
  type ClaimedNotification,
  type Database,
  isOvertaken,
  readObject,
} from '@tellwire/db'
import {
  type Attachment,
  type AttachmentType,
  fileKey,
  type MessageContent,
  type MessageOptions,
  type TemplateUse,
} from '@tellwire/domain'
import type { FileStore } from '@tellwire/files'
import { type LookUps, type MessageReference, noLookUps, type StoredFile } from './look-ups.js'
import { readThread } from './stored-thread.js'
import type { TemplateVersions } from './template-versions.js'
import type { TenantNames } from './tenant-names.js'
import { mediumKey, type OpenUploads, UploadUnderWay } from './uploads.js'

/** What reading needs. */
export interface Reading {
  db: Database
  files: FileStore
  templateVersions: TemplateVersions
  botId: string
  /** Where the uploads that the delivery is to make are noted, so that no other makes them at the same time. */
  uploads: OpenUploads
  /** Names the tenant above its messages; undefined for a bot that is its own. */
  senders: TenantNames | undefined
}

type Rich = ClaimedNotification | ClaimedEdit

/**
 * Reads what the call of a delivery needs besides what was claimed with it: at once where that is nothing.
 * @throws {UploadUnderWay}
 */
export function readLookUps(
  reading: Reading,
  delivery: ClaimedDelivery,
  content: MessageContent,
): LookUps | Promise<LookUps> {
  switch (delivery.kind) {
    case 'reply':
      return noLookUps
    case 'edit':
      return readForEdit(reading, delivery, content)
    case 'notification':
      return isPlain(content.options) ? readSender(reading, delivery) : readForNotification(reading, delivery, content)
  }
}

function readSender({ senders }: Reading, { tenantId }: Rich): LookUps | Promise<LookUps> {
  const sender = senders?.read(tenantId)
  if (sender === undefined) return noLookUps
  return sender instanceof Promise ? sender.then((name) => ({ ...noLookUps, sender: name })) : { ...noLookUps, sender }
}

function isPlain({ template, attachments, thread_key: threadKey, ...options }: MessageOptions): boolean {
  const wanted: unknown[] = [template, attachments, options.reply_to, options.reply_to_message, threadKey]
  return wanted.every((part) => part === undefined)
}

async function readForNotification(
  reading: Reading,
  delivery: ClaimedNotification,
  { options }: MessageContent,
): Promise<LookUps> {
  const { template, attachments = [], thread_key: threadKey, mode, draft } = options
  const [filled, isLate, thread, replied, files] = await Promise.all([
    template && readTemplate(reading, delivery, template),
    threadKey !== undefined &&
      mode === 'replace' &&
      delivery.part === 0 &&
      isOvertaken(reading.db, { ...delivery, botId: reading.botId }, { threadKey, isDraft: draft === true }),
    threadKey === undefined ? undefined : readThread(reading.db, keyOf(reading, delivery, threadKey)),
    findAnswered(reading, delivery, options),
    readFiles(reading, delivery, attachmentsOf(delivery, attachments), delivery.dropped),
  ])
  const named = await readSender(reading, delivery)
  return { ...named, template: filled ?? null, thread, isOvertaken: isLate, replyTo: replied, files }
}

/** Media are in the first part, unless each of them is a part of its own. */
function attachmentsOf({ part, dropped }: ClaimedNotification, attachments: readonly Attachment[]): Attachment[] {
  const kept = attachments.filter((_, place) => !dropped.includes(`attachments/${place}`))
  if (dropped.includes('album')) return kept.slice(part, part + 1)
  return part === 0 ? kept : []
}

async function readForEdit(reading: Reading, delivery: ClaimedEdit, { options }: MessageContent): Promise<LookUps> {
  const { type, deliveryId, hasNewMedia } = delivery.edit
  const sent = await readSent(reading.db, delivery.tenantId, deliveryId)
  if (type === 'delete' || !sent) return { ...noLookUps, sent }
  const { template, attachments = [], thread_key: threadKey } = options
  const [filled, thread, files] = await Promise.all([
    template && readTemplate(reading, delivery, template),
    threadKey === undefined ? undefined : readThread(reading.db, keyOf(reading, delivery, threadKey)),
    // An album shows what it showed: only its caption can be edited.
    readFiles(reading, delivery, hasNewMedia && attachments.length === 1 ? attachments : [], sent.dropped),
  ])
  const named = await readSender(reading, delivery)
  return { ...named, template: filled ?? null, thread, sent, files }
}

async function readSent(db: Database, tenantId: string, deliveryId: string): Promise<LookUps['sent']> {
  const sent = await db.delivery.findUnique({
    where: { tenantId_id: { tenantId, id: deliveryId } },
    select: { chatId: true, telegramMessageIds: true, dropped: true },
  })
  if (!sent) return undefined
  const { chatId, telegramMessageIds, dropped } = sent
  return { chatId: String(chatId), messageIds: telegramMessageIds.map(Number), dropped }
}

function keyOf({ botId }: Reading, { tenantId, chatId }: Rich, threadKey: string) {
  return { tenantId, botId, chatId: BigInt(chatId), threadKey }
}

async function readTemplate(
  { db, templateVersions, botId }: Reading,
  { tenantId, connectionId, chatId }: Rich,
  { id, version, locale }: TemplateUse,
): Promise<LookUps['template']> {
  const [content, connection, chat] = await Promise.all([
    templateVersions.read(tenantId, id, version),
    db.connection.findUnique({ where: { tenantId_id: { tenantId, id: connectionId } }, select: { user: true } }),
    db.chat.findUnique({
      where: { botId_chatId: { botId, chatId: BigInt(chatId) } },
      select: { languageCode: true },
    }),
  ])
  if (!content) return null
  return {
    content,
    reader: {
      userId: connection?.user.userId ?? '',
      attributes: readObject(connection?.user.attributes),
      locales: [locale, connection?.user.locale, chat?.languageCode],
      timezone: connection?.user.timezone,
    },
  }
}

function findAnswered(
  reading: Reading,
  delivery: ClaimedNotification,
  { reply_to: replyTo, reply_to_message: heard }: MessageOptions,
): MessageReference | undefined | Promise<MessageReference | undefined> {
  if (replyTo !== undefined) return findMessageOf(reading, delivery, replyTo)
  if (heard?.connection_id !== delivery.connectionId) return undefined
  return { messageId: heard.message_id, chatId: delivery.chatId }
}

/** The first message of an earlier notification in the same chat, or in the group from which that was made. */
async function findMessageOf(
  { db, botId }: Reading,
  { tenantId, chatId }: ClaimedNotification,
  notificationId: string,
): Promise<MessageReference | undefined> {
  const former = await db.chat.findMany({
    where: { botId, migratedToChatId: BigInt(chatId) },
    select: { chatId: true },
  })
  const notification = await db.notification.findUnique({
    where: { tenantId_id: { tenantId, id: notificationId } },
    select: { id: true, broadcast: { select: { startsAt: true, expandedAt: true } } },
  })
  if (!notification) return undefined
  const earlier = await db.delivery.findFirst({
    where: {
      tenantId,
      notificationId,
      id: deliveryIdsOf(notification),
      botId,
      chatId: { in: [BigInt(chatId), ...former.map((chat) => chat.chatId)] },
    },
    select: { chatId: true, telegramMessageIds: true },
  })
  const [messageId] = earlier?.telegramMessageIds ?? []
  return messageId === undefined ? undefined : { messageId: Number(messageId), chatId: String(earlier?.chatId) }
}

async function readFiles(
  reading: Reading,
  delivery: Rich,
  attachments: readonly Attachment[],
  dropped: readonly string[],
): Promise<LookUps['files']> {
  const wanted = attachments.flatMap(({ type, file, fallback }) =>
    file === undefined ? [] : [{ fileId: file, type: (dropped.includes('photo') && fallback) || type }],
  ) satisfies { fileId: string; type: AttachmentType }[]
  const entries = await Promise.all(
    wanted.map(async (medium) => [mediumKey(medium), await readFile(reading, delivery, medium)] as const),
  )
  return new Map(entries)
}

async function readFile(
  { db, files, botId, uploads }: Reading,
  { id, tenantId }: Rich,
  medium: { fileId: string; type: AttachmentType },
): Promise<StoredFile> {
  const { fileId, type } = medium
  const known = await db.botFile.findUnique({
    where: { tenantId_fileId_botId_type: { tenantId, fileId, botId, type } },
    select: { telegramFileId: true },
  })
  if (known) return { kind: 'known', telegramFileId: known.telegramFileId }
  const file = await db.file.findUnique({ where: { tenantId_id: { tenantId, id: fileId } } })
  if (!file) return { kind: 'missing' }
  const key = fileKey(tenantId, file.contentHash)
  if (!(await files.has(key))) return { kind: 'missing' }
  const uploader = uploads.get(mediumKey(medium)) ?? id
  if (uploader !== id) throw new UploadUnderWay()
  uploads.set(mediumKey(medium), id)
  const { name, mimeType, size } = file
  return { kind: 'upload', upload: { name, mimeType, size: Number(size), open: () => files.open(key) } }
}
