import { answerCallbackQuery } from './answer-callback-query.js'
import { deleteMessage, deleteMessages } from './delete-message.js'
import { editMessageCaption, editMessageMedia, editMessageReplyMarkup, editMessageText } from './edit-message.js'
import { getChat } from './get-chat.js'
import { getChatMember } from './get-chat-member.js'
import { getFile } from './get-file.js'
import { getMe } from './get-me.js'
import { getUpdates } from './get-updates.js'
import type { Method } from './method.js'
import { sendChatAction } from './send-chat-action.js'
import { sendMedia } from './send-media.js'
import { sendMediaGroup } from './send-media-group.js'
import { sendMessage } from './send-message.js'
import { sendMessageDraft, sendRichMessageDraft } from './send-message-draft.js'
import { sendRichMessage } from './send-rich-message.js'
import { getMyCommands, setMyCommands } from './set-my-commands.js'
import { deleteWebhook, getWebhookInfo, setWebhook } from './webhooks.js'

const list = {
  getMe,
  setWebhook,
  deleteWebhook,
  getWebhookInfo,
  getUpdates,
  sendMessage,
  sendRichMessage,
  sendMessageDraft,
  sendRichMessageDraft,
  sendPhoto: sendMedia('photo'),
  sendVideo: sendMedia('video'),
  sendAnimation: sendMedia('animation'),
  sendAudio: sendMedia('audio'),
  sendVoice: sendMedia('voice'),
  sendDocument: sendMedia('document'),
  sendSticker: sendMedia('sticker'),
  sendMediaGroup,
  editMessageText,
  editMessageCaption,
  editMessageMedia,
  editMessageReplyMarkup,
  deleteMessage,
  deleteMessages,
  getFile,
  answerCallbackQuery,
  setMyCommands,
  getMyCommands,
  getChat,
  getChatMember,
  sendChatAction,
}

const byLowerName = new Map<string, { name: string; method: Method }>(
  Object.entries(list).map(([name, method]) => [name.toLowerCase(), { name, method }]),
)

/** Names are matched without regard to case. */
export function findMethod(name: string): { name: string; method: Method } | undefined {
  return byLowerName.get(name.toLowerCase())
}
