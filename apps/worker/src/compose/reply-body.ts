import type { Call } from './call.js'
import { plainCall } from './call.js'

/** A button under an answer of ours: pressed it comes back as an update, or it leads to an address. */
export type ReplyButton = { text: string; data: string } | { text: string; url: string }

/** An answer to a person, as the handlers of updates store it. */
export interface ReplyBody {
  text: string
  buttons?: ReplyButton[][]
  forumTopic?: number
  editsMessageId?: number
  /** The text of the message that is edited stays: only its buttons change. */
  isButtonsOnly?: boolean
  /** The message of the person that it answers. */
  repliesTo?: number
}

/** Such buttons as Telegram takes them. */
export function toInlineKeyboard(buttons: readonly (readonly ReplyButton[])[]): { inline_keyboard: object[][] } {
  return {
    inline_keyboard: buttons.map((row) =>
      row.map((button) => ('url' in button ? button : { text: button.text, callback_data: button.data })),
    ),
  }
}

/** The call that says it. */
export function composeReply(body: unknown): Call {
  // As the handlers of updates write it.
  const { text, buttons, forumTopic, editsMessageId, isButtonsOnly, repliesTo } = body as ReplyBody
  const markup = buttons ? { reply_markup: toInlineKeyboard(buttons) } : {}
  if (isButtonsOnly && editsMessageId !== undefined) {
    const params = { message_id: editsMessageId, ...markup }
    return { ...plainCall, method: 'editMessageReplyMarkup', params, editsMessageId }
  }
  const answered =
    repliesTo === undefined ? {} : { reply_parameters: { message_id: repliesTo, allow_sending_without_reply: true } }
  const params = { text, ...markup, ...answered }
  if (editsMessageId !== undefined) {
    return {
      ...plainCall,
      method: 'editMessageText',
      params: { message_id: editsMessageId, ...params },
      editsMessageId,
    }
  }
  const place = forumTopic === undefined ? {} : { message_thread_id: forumTopic }
  return { ...plainCall, method: 'sendMessage', params: { ...params, ...place } }
}
