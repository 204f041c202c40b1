import {
  captionLengthMax,
  checkLink,
  codePointLength,
  entitiesMax,
  type Entity,
  type EntityType,
  findUserId,
  finishTelegramText,
  type FormattedText,
  isBlank,
  messageLengthMax,
  parseTelegramText,
  TelegramParseError,
  type TelegramParseMode,
} from '@tellwire/format'
import type { MessageEntity } from '@tellwire/telegram'
import { isRecord } from '../is-record.js'
import type { Parameters } from './parameters.js'
import { badRequest } from './telegram-error.js'

const rawBytesMax = 32_768
/** Of an entity without its address. */
const entityBytes = 16
/** How many Telegram takes is not public; messages with about so many were refused. */
const entitiesBytesMax = 9_500

export interface MessageText {
  text: string
  entities: MessageEntity[]
}

const modes: Record<string, TelegramParseMode> = { markdown: 'Markdown', markdownv2: 'MarkdownV2', html: 'HTML' }

/** The text of a send or an edit: the checks that come before the chat is looked up. */
export function readMessageText(parameters: Parameters): FormattedText {
  if (parameters.text('text') === '') throw badRequest('message text is empty')
  return readFormatted({
    text: parameters.text('text'),
    mode: parameters.text('parse_mode'),
    entities: parameters.json('entities', () => badRequest("can't parse entities JSON object")),
  })
}

export function readCaption(parameters: Parameters): FormattedText {
  return readFormatted({
    text: parameters.text('caption'),
    mode: parameters.text('parse_mode'),
    entities: parameters.json('caption_entities', () => badRequest("can't parse caption entities JSON object")),
  })
}

export function readFormatted({
  text,
  mode: given,
  entities,
}: {
  text: string
  mode: string
  entities: unknown
}): FormattedText {
  if (Buffer.byteLength(text) > rawBytesMax) throw badRequest('text is too long')
  const name = given.toLowerCase()
  const mode = modes[name]
  if (!mode && name !== '' && name !== 'none') throw badRequest('unsupported parse_mode')
  if (mode && text !== '') return inTelegramsWords(() => parseTelegramText(text, mode))
  return { text, entities: readEntities(entities) }
}

/** The checks and changes that come after the chat is known: cleaning, trimming, length. */
export function finishMessageText(raw: FormattedText): MessageText {
  const { text, entities } = inTelegramsWords(() => finishTelegramText(raw))
  if (codePointLength(text) > messageLengthMax) throw badRequest('message is too long')
  return { text, entities: keptOf(entities) }
}

/** A caption may be empty. */
export function finishCaption(raw: FormattedText): MessageText {
  if (isBlank(raw.text)) return { text: '', entities: [] }
  const { text, entities } = inTelegramsWords(() => finishTelegramText(raw))
  if (codePointLength(text) > captionLengthMax) throw badRequest('message caption is too long')
  return { text, entities: keptOf(entities) }
}

/** More than these are left out, without a word; more bytes of them are refused. */
function keptOf(entities: readonly Entity[]): MessageEntity[] {
  const bytes = entities.reduce((sum, entity) => sum + Buffer.byteLength(entity.url ?? '') + entityBytes, 0)
  if (bytes > entitiesBytesMax) throw badRequest('ENTITIES_TOO_LONG')
  return entities.slice(0, entitiesMax).map(toBotApi)
}

function inTelegramsWords<T>(make: () => T): T {
  try {
    return make()
  } catch (error) {
    if (error instanceof TelegramParseError) throw badRequest(error.message)
    throw error
  }
}

const knownTypes = [
  'bold',
  'italic',
  'underline',
  'strikethrough',
  'spoiler',
  'blockquote',
  'expandable_blockquote',
  'code',
  'pre',
  'text_link',
  'text_mention',
  'custom_emoji',
  'date_time',
] as const satisfies EntityType[]

function readEntities(value: unknown): Entity[] {
  if (value === undefined) return []
  if (!Array.isArray(value)) throw badRequest('expected an Array of MessageEntity')
  return value.flatMap(readEntity)
}

function readEntity(item: unknown): Entity[] {
  if (!isRecord(item)) throw badRequest("can't parse MessageEntity: expected an Object")
  const { type, offset, length, url, user, ...rest } = item
  if (typeof type !== 'string') throw badRequest('can\'t parse MessageEntity: Can\'t find field "type"')
  if (!isCount(offset)) throw badRequest(`receive an entity with incorrect offset ${String(offset)}`)
  if (!isCount(length)) throw badRequest(`receive an entity with incorrect length ${String(length)}`)
  const known = knownTypes.find((each) => each === type)
  if (known === undefined) return []
  const entity = { ...pickStrings(rest), type: known, offset, length }
  if (type === 'text_mention') {
    const mentioned = isRecord(user) ? user['id'] : undefined
    return typeof mentioned === 'number' ? [{ ...entity, user_id: mentioned }] : []
  }
  if (type !== 'text_link') return [entity]
  const userId = findUserId(String(url))
  return [
    userId === undefined ? { ...entity, url: readUrl(url) } : { ...entity, type: 'text_mention', user_id: userId },
  ]
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0
}

function pickStrings(fields: Record<string, unknown>): Partial<Entity> {
  const { language, custom_emoji_id: emojiId, unix_time: unixTime, date_time_format: format } = fields
  return {
    ...(typeof language === 'string' && language !== '' ? { language } : {}),
    ...(typeof emojiId === 'string' ? { custom_emoji_id: emojiId } : {}),
    ...(typeof unixTime === 'number' ? { unix_time: unixTime } : {}),
    ...(typeof format === 'string' ? { date_time_format: format } : {}),
  }
}

/** @throws as Telegram does for an address that it would not open. */
function readUrl(given: unknown): string {
  const url = typeof given === 'string' ? given : ''
  const checked = checkLink(url)
  if ('refusal' in checked) throw badRequest(`entity URL '${url}' is invalid: ${checked.refusal}`)
  return checked.url
}

/** The Bot API shows a person, where Telegram itself has a number. */
function toBotApi({ user_id: userId, ...entity }: Entity): MessageEntity {
  const shown = userId === undefined ? entity : { ...entity, user: { id: userId, is_bot: false, first_name: '' } }
  // Telegram's types are ours.
  return shown as MessageEntity
}
