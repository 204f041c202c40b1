import type { Chat, User } from '@tellwire/telegram'

/** Who or what a chat is called. */
export function displayName(chat: Chat): string {
  return chat.type === 'private' ? fullName(chat) : (chat.title ?? '')
}

/** Who did something in a chat: in a group the person, not the group. */
export function personName({ chat, from }: { chat: Chat; from: User | undefined }): string {
  return from ? fullName(from) : displayName(chat)
}

/** A person, with all of their names. */
export function fullName({ first_name: first, last_name: last }: { first_name: string; last_name?: string }): string {
  return [first, last].filter(Boolean).join(' ')
}
