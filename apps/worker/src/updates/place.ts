import type { Message } from '@tellwire/telegram'
import type { Speaker } from '@tellwire/texts'
import type { ReplyPlace } from './reply.js'

/** Somebody said or pressed something in a chat. */
export interface Said {
  chat: Message['chat']
  from: Message['from']
  /** The chat, or the administrator of a group who writes in its name. */
  senderChat: Message['sender_chat']
  place: ReplyPlace
  /** Speaks the language of the person, or the one that was chosen in the chat. */
  speaker: Speaker
  /** The language that was chosen in the chat, which goes before the one that a link asks for. */
  chosenLanguage: string | null
}

/** In a private chat the person, in a channel who posts there, in a group an administrator who writes in its name. */
export function speaksForChat({ chat, senderChat }: Pick<Said, 'chat' | 'senderChat'>): boolean {
  return chat.type === 'private' || chat.type === 'channel' || senderChat?.id === chat.id
}
