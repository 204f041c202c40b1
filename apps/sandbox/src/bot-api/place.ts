import { isRecord } from '../is-record.js'
import type { StoredMessage } from '../state/types.js'
import type { World } from '../state/world.js'
import type { Parameters } from './parameters.js'
import { badRequest } from './telegram-error.js'

/** What a message has besides its content: where it stands and how it arrives. */
export type Placement = Pick<
  StoredMessage,
  'replyToMessageId' | 'replyToChatId' | 'topicId' | 'isSilent' | 'isProtected' | 'effectId' | 'isCaptionAbove'
>

/** The checks that come before the chat is looked up. */
export function readReplyParameters(parameters: Parameters): Record<string, unknown> | undefined {
  const value = parameters.json('reply_parameters', () => badRequest("can't parse reply parameters JSON object"))
  return readObject(value, 'reply parameters')
}

/** Which page is shown below a text, and how. */
export function readLinkPreview(parameters: Parameters): Record<string, unknown> | undefined {
  const refuse = () => badRequest("can't parse link preview options JSON object")
  return readObject(parameters.json('link_preview_options', refuse), 'link preview options')
}

export function readObject(value: unknown, what: string): Record<string, unknown> | undefined {
  if (value === undefined) return undefined
  if (!isRecord(value)) throw badRequest(`object expected as ${what}`)
  return value
}

/** The checks that come after it: thread, replied message, effect. */
export function readPlacement(
  world: World,
  parameters: Parameters,
  { chatId, botId, messages }: { chatId: number; botId: number; messages: readonly StoredMessage[] },
): Placement {
  const topicId = readTopic(world, parameters, chatId)
  const reply = readReplyParameters(parameters)
  const otherChatId = reply?.['chat_id'] === undefined ? chatId : Number(reply['chat_id'])
  const replyTo = reply && findMessage(otherChatId === chatId ? messages : world.messagesOf(botId, otherChatId), reply)
  if (reply && !replyTo && reply['allow_sending_without_reply'] !== true) {
    throw badRequest('message to be replied not found')
  }
  const effectId = parameters.text('message_effect_id') || undefined
  if (effectId !== undefined && chatId < 0) throw badRequest("can't use message effects in the chat")
  if (effectId !== undefined && !/^\d{1,20}$/.test(effectId)) throw badRequest('EFFECT_ID_INVALID')
  return {
    topicId,
    effectId,
    replyToMessageId: replyTo?.messageId,
    ...(otherChatId === chatId ? {} : { replyToChatId: otherChatId }),
    isSilent: parameters.isTrue('disable_notification') || undefined,
    isProtected: parameters.isTrue('protect_content') || undefined,
    isCaptionAbove: parameters.isTrue('show_caption_above_media') || undefined,
  }
}

function findMessage(messages: readonly StoredMessage[], reply: Record<string, unknown>): StoredMessage | undefined {
  return messages.find(({ messageId }) => messageId === Number(reply['message_id']))
}

function readTopic(world: World, parameters: Parameters, chatId: number): number | undefined {
  const topicId = parameters.integer('message_thread_id')
  if (topicId === 0) return undefined
  const topic = world.groups.get(chatId)?.topics?.find(({ id }) => id === topicId)
  if (!topic) throw badRequest('message thread not found')
  if (topic.isClosed) throw badRequest('TOPIC_CLOSED')
  return topicId
}
