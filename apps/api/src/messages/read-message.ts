import type { AddressRules, MessageContent, MessageOptions } from '@tellwire/domain'
import { isOnlyMarks, type TextFormat } from '@tellwire/format'
import { refusal } from '../errors.js'
import { findAddressFault } from './check-address.js'
import { readAttachments } from './check-attachments.js'
import { assertAlbumHasText, assertButtons } from './check-buttons.js'
import { assertLength, assertWholeLength } from './check-length.js'
import { readReplyTo } from './read-reply-to.js'
import { readTemplateUse } from './read-template-use.js'
import { renderGiven, type RenderingScope } from './render-given.js'
import type { MessageInput } from './schemas.js'

/**
 * Reads a message whose form was checked, as it is stored.
 * @param userIds who it is for, where they are named: what a template needs of them is looked up.
 * `isEdit`: what is not given stays, so that there is something to show without a text.
 */
export async function readMessage(
  scope: RenderingScope,
  input: MessageInput,
  userIds: readonly string[] = [],
  { isEdit = false }: { isEdit?: boolean } = {},
): Promise<MessageContent> {
  if (input.text !== undefined && input.template !== undefined) {
    throw refusal('impossible_combination', 'A message has either a text or a template.', {
      pointer: '/template',
      detail: 'cannot stand beside text',
    })
  }
  assertMarkup(input)
  assertButtons(scope.addresses, input)
  assertLinkPreview(scope.addresses, input)
  const template = input.template && (await readTemplateUse(scope, input.template, userIds))
  const attachments = input.attachments && (await readAttachments(scope, input.attachments))
  const options = withoutDefaults({
    ...pickOptions(input),
    rich: readRichChoice(scope, input),
    ...(attachments ? { attachments } : {}),
    ...(input.reply_to ? await readReplyTo(scope, input.reply_to) : {}),
    ...(template ? { template: template.use } : {}),
  })
  // A template brings its own format and, in one language or another, its text.
  const format = template?.format ?? input.format
  const text = input.text ?? ''
  assertWholeLength(text, options)
  if (!template) {
    const isVisible = text !== '' && (await checkText(scope, { text, format }, options))
    assertVisible(isVisible || attachments !== undefined || (isEdit && input.text === undefined))
    assertAlbumHasText(input, isVisible)
  }
  return { format, text, options }
}

/**
 * Looks for mistakes that only Telegram's own formats can have in those alone: rendering costs more than every
 * other check of a message.
 * @returns whether it shows something.
 */
async function checkText(
  scope: RenderingScope,
  { text, format }: { text: string; format: TextFormat },
  options: MessageOptions,
): Promise<boolean> {
  const isNeverRefused = format === 'markdown' || format === 'commonmark' || format === 'plain'
  if (isNeverRefused && options.overflow !== 'reject' && !isOnlyMarks(text)) return true
  const rendered = await renderGiven(scope, { text, format, options })
  assertLength(rendered, options)
  return rendered.text !== ''
}

function assertVisible(isVisible: boolean): void {
  if (isVisible) return
  throw refusal('text_empty', 'The text would show nothing in a chat.', {
    pointer: '/text',
    detail: 'has nothing to show',
  })
}

function assertLinkPreview(addresses: AddressRules, { link_preview: preview }: MessageInput): void {
  if (typeof preview !== 'object' || preview.url === undefined) return
  const fault = findAddressFault(addresses, preview.url)
  if (fault === undefined) return
  throw refusal('link_preview_refused', 'Telegram cannot show this address.', {
    pointer: '/link_preview/url',
    detail: fault,
  })
}

function assertMarkup({ buttons, keyboard, remove_keyboard: isRemoved }: MessageInput): void {
  const given = Object.entries({ buttons, keyboard, remove_keyboard: isRemoved }).filter(([, value]) => value)
  const [, second] = given
  if (!second) return
  throw refusal('impossible_combination', 'A message has one of buttons, keyboard and remove_keyboard.', {
    pointer: `/${second[0]}`,
    detail: 'cannot stand beside the other',
  })
}

/** Only Markdown has anything that a rich message could show. */
function readRichChoice({ richDefault }: RenderingScope, { rich = richDefault, ...input }: MessageInput) {
  const isMarkdown = input.template !== undefined || input.format === 'markdown' || input.format === 'commonmark'
  return isMarkdown && rich !== false ? rich : undefined
}

type Picked = Omit<
  MessageOptions,
  'rich' | 'attachments' | 'reply_to' | 'reply_to_message' | 'template' | 'thread_key' | 'mode'
>

function pickOptions(input: MessageInput): { [Key in keyof Picked]: Picked[Key] | undefined } {
  const { overflow, buttons, after_press, keyboard, remove_keyboard, silent } = input
  const { protect, link_preview, forum_topic, effect, telegram, shortcodes } = input
  return {
    overflow,
    // The checks made sure that each button is of one kind.
    buttons: buttons as MessageOptions['buttons'],
    after_press,
    keyboard,
    remove_keyboard,
    silent,
    protect,
    link_preview,
    forum_topic,
    effect,
    telegram,
    shortcodes,
  }
}

function withoutDefaults(options: { [Key in keyof MessageOptions]: MessageOptions[Key] | undefined }): MessageOptions {
  const isDefault = ([name, value]: [string, unknown]) =>
    value === undefined ||
    value === false ||
    (name === 'link_preview' && value === 'auto') ||
    (name === 'overflow' && value === 'split')
  return Object.fromEntries(Object.entries(options).filter((entry) => !isDefault(entry)))
}
