import { captionLengthMax, messageLengthMax } from '@tellwire/format'
import type { MessageOptions } from './message.js'

/** How long the text may be that goes first: as a caption, or as a message of its own. In characters. */
export function lengthMaxOf({ attachments, buttons, keyboard, remove_keyboard: isRemoved }: MessageOptions): number {
  const [first, second] = attachments ?? []
  const hasMarkup = buttons !== undefined || keyboard !== undefined || isRemoved === true
  // A sticker has no caption, and what has buttons does not stand in an album.
  const isCaption = first !== undefined && first.type !== 'sticker' && !(second && hasMarkup)
  return isCaption ? captionLengthMax : messageLengthMax
}
