import type { EventData } from '@tellwire/db'
import { personName } from '@tellwire/domain'
import type { Chat, User } from '@tellwire/telegram'

/** Tells tenants who did something in a chat; null where Telegram does not say. */
export function describePerson(chat: Chat, from: User | undefined): EventData['message.received']['from'] {
  if (!from) return null
  return {
    id: String(from.id),
    name: personName({ chat, from }),
    username: from.username ?? null,
    language_code: from.language_code ?? null,
  }
}
