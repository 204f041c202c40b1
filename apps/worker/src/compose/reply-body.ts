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
}

/** The call that says it. */
export function composeReply(body: unknown): Call {
  // As the handlers of updates write it.
  const { text, buttons, forumTopic, editsMessageId } = body as ReplyBody
  const keyboard = buttons?.map((row) =>
    row.map((button) => ('url' in button ? button : { text: button.text, callback_data: button.data })),
  )
  const params = {
    text,
    ...(keyboard ? { reply_markup: { inline_keyboard: keyboard } } : {}),
  }
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
