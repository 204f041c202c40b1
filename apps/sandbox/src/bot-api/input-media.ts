import { isRecord } from '../is-record.js'
import type { MediaType, StoredMedia } from '../state/types.js'
import { takeFile } from './media.js'
import type { MethodCall } from './methods/method.js'
import { finishCaption, type MessageText, readFormatted } from './message-text.js'
import { badRequest } from './telegram-error.js'

const types = new Set<string>(['photo', 'video', 'animation', 'audio', 'document'])

/** A medium of an album, or one that takes another's place. */
export async function readInputMedia(
  call: Pick<MethodCall, 'world' | 'bot' | 'parameters'>,
  item: unknown,
): Promise<{ media: StoredMedia; caption: MessageText }> {
  if (!isRecord(item)) throw badRequest("can't parse InputMedia: expected an Object")
  const { type, media, caption, parse_mode: mode, caption_entities: entities, has_spoiler: hasSpoiler } = item
  if (typeof type !== 'string') throw badRequest('can\'t parse InputMedia: Can\'t find field "type"')
  if (!types.has(type)) throw badRequest(`can't parse InputMedia: type "${type}" is unsupported`)
  if (typeof media !== 'string' || media === '') throw badRequest("can't parse InputMedia: media not found")
  const raw = readFormatted({
    text: typeof caption === 'string' ? caption : '',
    mode: typeof mode === 'string' ? mode : '',
    entities,
  })
  const file = await takeFile(call, type as MediaType, media, '')
  return {
    media: { type: type as MediaType, fileId: file.fileId, hasSpoiler: hasSpoiler === true },
    caption: finishCaption(raw),
  }
}
