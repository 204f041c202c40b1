import type { StoredContent, Transaction } from '@tellwire/db'
import type { TextFormat } from '@tellwire/format'
import type { MessageContent, MessageOptions } from './message.js'

/** Reads a message as it is stored; nothing where its content is gone. It was checked when it was accepted. */
export function readContent(stored: StoredContent | null): MessageContent {
  if (!stored) return { format: 'plain', text: '', options: {} }
  return { format: stored.format as TextFormat, text: stored.text, options: readOptions(stored.options) }
}

/** The message of a notification, as `readContent` reads it. */
export async function findContent(
  db: Transaction,
  { tenantId, id }: { tenantId: string; id: string },
): Promise<MessageContent> {
  const key = { tenantId_notificationId: { tenantId, notificationId: id } }
  return readContent(await db.notificationContent.findUnique({ where: key }))
}

function readOptions(options: unknown): MessageOptions {
  return typeof options === 'object' && options !== null ? options : {}
}
