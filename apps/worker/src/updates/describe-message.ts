import type { EventData } from '@tellwire/db'
import { sealInboundFile, type Sealer } from '@tellwire/domain'
import type { Message } from '@tellwire/telegram'
import { describePerson } from './describe-person.js'
import { answeredIn, textOf } from './message.js'

/** What a tenant is told of a message, but for whose it is. */
export type DescribedMessage = Omit<EventData['message.received'], 'user_id' | 'connection_id'>

/** Kinds of content that are files, the first that a message has. Of a photo the largest is taken. */
const fileKinds = ['photo', 'animation', 'video', 'audio', 'voice', 'video_note', 'document', 'sticker'] as const
/** Kinds of content that say all there is to them. */
const plainKinds = [
  // A venue comes with its location, and an animation with a document.
  'venue',
  'location',
  'contact',
  'dice',
  'poll',
  'story',
  'paid_media',
  'game',
  'checklist',
  'invoice',
  'giveaway',
] as const

/**
 * Describes what somebody wrote or sent, but for which notification it answers; undefined for what only says that something
 * happened in the chat.
 */
export function describeMessage(
  { sealer, botId }: { sealer: Sealer; botId: string },
  message: Message,
): DescribedMessage | undefined {
  const contentType = contentTypeOf(message)
  if (contentType === undefined) return undefined
  const { chat, from } = message
  const file = fileOf(message)
  const plain = plainKinds.find((kind) => message[kind] !== undefined)
  return {
    chat_type: chat.type,
    message_id: message.message_id,
    content_type: contentType,
    text: textOf(message) || null,
    file: file
      ? {
          id: sealInboundFile(sealer, botId, { fileId: file.file_id, name: file.file_name, mimeType: file.mime_type }),
          name: file.file_name ?? null,
          mime_type: file.mime_type ?? null,
          size: file.file_size ?? null,
        }
      : null,
    // As Telegram has it.
    content: plain === undefined ? null : (message[plain] as unknown as Record<string, unknown>),
    from: describePerson(from),
    reply_to_message_id: answeredIn(message)?.message_id ?? null,
    reply_to_notification_id: null,
    sent_at: new Date(message.date * 1_000).toISOString(),
  }
}

/** Tells the kind of content as Telegram calls it; undefined where something only happened in the chat. */
export function contentTypeOf(message: Message): string | undefined {
  if (message.text !== undefined) return 'text'
  return [...fileKinds, ...plainKinds].find((each) => message[each] !== undefined)
}

interface InboundFile {
  file_id: string
  file_name?: string
  mime_type?: string
  file_size?: number
}

function fileOf(message: Message): InboundFile | undefined {
  const largest = message.photo?.at(-1)
  if (largest) return { ...largest, mime_type: 'image/jpeg' }
  const kind = fileKinds.find((each) => each !== 'photo' && message[each] !== undefined)
  if (kind === undefined) return undefined
  const mimeType = mimeTypeOf(kind, message)
  // Each of them has these fields, as far as it has them.
  return { ...(mimeType === undefined ? {} : { mime_type: mimeType }), ...(message[kind] as InboundFile) }
}

/** The type of those of which Telegram does not say it. */
function mimeTypeOf(kind: (typeof fileKinds)[number], { sticker }: Message): string | undefined {
  if (kind === 'video_note') return 'video/mp4'
  if (kind === 'voice') return 'audio/ogg'
  if (sticker === undefined) return undefined
  if (sticker.is_animated) return 'application/x-tgsticker'
  return sticker.is_video ? 'video/webm' : 'image/webp'
}
