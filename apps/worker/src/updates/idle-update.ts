import type { IdleUpdate, WaitingUpdate } from '@tellwire/db'
import { readCode, type Sealer } from '@tellwire/domain'
import type { Message } from '@tellwire/telegram'
import { describeMessage } from './describe-message.js'
import { findStartToken } from './find-start-token.js'
import { handlerOf } from './handlers.js'
import { answeredIn, isOfGroup, textOf } from './message.js'
import { parseCommand } from './parse-command.js'
import { factsOf } from './record-chat.js'

/**
 * Tells what there is to note of an update where nothing is to be done about it: most of what bots hear is said among
 * people. @returns undefined where something may be to do.
 */
export function toIdleUpdate(
  about: { sealer: Sealer; botId: string },
  { updateId, chatId, kind, payload }: WaitingUpdate,
): IdleUpdate | undefined {
  if (!handlerOf(kind)) return { ...nothing, updateId, chatId, isOfNoKind: true }
  const message = messageIn(kind, payload)
  if (!message) return undefined
  const { chat, from, date } = message
  const text = textOf(message)
  // The chat's place in the queue is its own.
  if (String(chat.id) !== chatId || parseCommand(text) || isMigration(message)) return undefined
  // It may be the answer to a question.
  if (answeredIn(message)?.from?.is_bot === true) return undefined
  if (!isOfGroup(chat) && (findStartToken(text) !== undefined || readCode(text) !== undefined)) return undefined
  const { type, title, username, languageCode } = factsOf(chat, from)
  return {
    updateId,
    chatId,
    isOfNoKind: false,
    type,
    title: title ?? undefined,
    username: username ?? undefined,
    languageCode,
    date,
    event: kind === 'message' ? describeMessage(about, message) : undefined,
  }
}

function isMigration({ migrate_to_chat_id: to, migrate_from_chat_id: from }: Message): boolean {
  return to !== undefined || from !== undefined
}

const nothing = {
  type: undefined,
  title: undefined,
  username: undefined,
  languageCode: undefined,
  date: undefined,
  event: undefined,
}

function messageIn(kind: string, payload: unknown): Message | undefined {
  if (kind !== 'message' && kind !== 'channel_post') return undefined
  // As Telegram says what is in it; what is not of that form is left to the handler.
  const message = (payload as Record<string, Message | undefined>)[kind]
  return typeof message?.chat === 'object' && typeof message.date === 'number' ? message : undefined
}
