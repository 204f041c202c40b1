import { textOfRich } from '@tellwire/format'
import { assertMayWrite, findChat } from '../chats.js'
import { finishMessageText, readMessageText } from '../message-text.js'
import { readRichMessage } from '../rich-message.js'
import { badRequest } from '../telegram-error.js'
import type { Draft } from '../../state/types.js'
import type { Method, MethodCall, MethodResult } from './method.js'

/** A text that is shown for half a minute, or until the bot sends a message. An empty one shows that it thinks. */
export const sendMessageDraft: Method = (call) => {
  const { parameters } = call
  const isThinking = parameters.text('text') === ''
  const text = isThinking ? { text: '', entities: [] } : finishMessageText(readMessageText(parameters))
  return show(call, { ...text, rich: undefined })
}

export const sendRichMessageDraft: Method = (call) => {
  const rich = readRichMessage(call.parameters)
  if (JSON.stringify(rich.blocks).includes('"media":"http')) throw badRequest('RICH_MESSAGE_PHOTO_NO_MEDIA_FOUND')
  return show(call, { text: textOfRich(rich.blocks), entities: [], rich })
}

function show(
  { world, bot, parameters, atMs, flood }: MethodCall,
  content: Pick<Draft, 'text' | 'entities' | 'rich'>,
): MethodResult {
  const draftId = parameters.integer('draft_id')
  if (draftId === 0) throw badRequest('draft identifier must be non-zero')
  const chatId = findChat(world, bot, parameters.text('chat_id'))
  assertMayWrite(world, bot, chatId)
  if (world.groups.has(chatId)) throw badRequest('TEXTDRAFT_PEER_INVALID')
  flood.admit(bot.id, chatId, atMs)
  world.showDraft(bot.id, chatId, { draftId, atMs: Date.now(), ...content })
  return { result: true }
}
