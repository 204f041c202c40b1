import { type FormattedText, spellOutLinks } from '@tellwire/format'
import type { Attachment, Button, Droppable, MessageOptions } from './message.js'
import type { Body } from './message-step.js'
import { richAt } from './rich-part.js'

// A message goes without what Telegram has refused of it, and each of its calls knows what else it can go without.

export type IsDropped = (what: Droppable) => boolean

/** The options of a message, without what was dropped of them. */
export function withoutDropped(options: MessageOptions, isDropped: IsDropped): MessageOptions {
  const kept = { ...options }
  if (isDropped('button_icons') && kept.buttons) kept.buttons = kept.buttons.map((row) => row.map(withoutIcon))
  if (isDropped('buttons')) delete kept.buttons
  if (isDropped('keyboard')) {
    delete kept.keyboard
    delete kept.remove_keyboard
  }
  if (isDropped('forum_topic')) delete kept.forum_topic
  if (isDropped('effect')) delete kept.effect
  if (isDropped('link_preview')) kept.link_preview = 'off'
  return kept
}

function withoutIcon({ icon: _, ...button }: Button): Button {
  return button
}

/** An attachment with its place among those that were posted, by which it is dropped. */
export type Placed = Attachment & { place: number }

/** The attachments that are left, as what they go. */
export function keptAttachments({ attachments = [] }: MessageOptions, isDropped: IsDropped): Placed[] {
  return attachments
    .map((attachment, place) => ({
      ...attachment,
      ...(isDropped('photo') && attachment.fallback !== undefined ? { type: attachment.fallback } : {}),
      place,
    }))
    .filter(({ place }) => !isDropped(`attachments/${place}`))
}

/** By which formatting is left out, of this call and of those after it. @param index among the calls of the message */
export function formattingAt(index: number): Droppable {
  return index === 0 ? 'formatting' : `formatting/${index}`
}

/** The one place that knows what a call can go without. */
export function droppableOf(
  { method, params, media, shown, richPlace }: Body,
  { index, options, isAlone }: { index: number; options: MessageOptions; isAlone: boolean },
): Droppable[] {
  const markup = params['reply_markup']
  const has = {
    effect: params['message_effect_id'] !== undefined,
    reply_to: params['reply_parameters'] !== undefined,
    button_icons: markup !== undefined && options.buttons?.flat().some(({ icon }) => icon !== undefined) === true,
    buttons: markup !== undefined && options.buttons !== undefined,
    keyboard: markup !== undefined && options.buttons === undefined,
    link_preview: options.link_preview !== 'off' && params['link_preview_options'] !== undefined,
    forum_topic: params['message_thread_id'] !== undefined,
    photo: media.some(({ type, fallback }) => fallback !== undefined && type !== fallback),
    album: method === 'sendMediaGroup',
    file: media.some(({ place }) => place === undefined),
    formatting: richPlace === undefined && shown.entities.length > 0,
  }
  const parts = (Object.keys(has) as (keyof typeof has)[])
    .filter((part) => has[part])
    .map((part) => (part === 'formatting' ? formattingAt(index) : part))
  const rich = richPlace === undefined ? [] : [richAt(richPlace)]
  const places = isAlone ? [] : media.flatMap(({ place }) => place ?? [])
  return [...rich, ...parts, ...places.map((place) => `attachments/${place}` as const)]
}

/** A text that was to be hidden until somebody touches it is not shown to everybody instead. */
export class SpoilerRefused extends Error {
  override readonly name = 'SpoilerRefused'
}

/**
 * A text for where formatting cannot go along.
 * @throws {SpoilerRefused}
 */
export function withoutFormatting(text: FormattedText): FormattedText {
  if (text.entities.some(({ type }) => type === 'spoiler')) throw new SpoilerRefused()
  return { text: spellOutLinks(text), entities: [] }
}
