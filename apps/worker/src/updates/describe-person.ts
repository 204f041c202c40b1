import type { PersonData } from '@tellwire/db'
import { fullName } from '@tellwire/domain'
import type { User } from '@tellwire/telegram'

/** Tells tenants who did something; null where Telegram does not say. */
export function describePerson(from: User | undefined): PersonData | null {
  if (!from) return null
  return {
    id: String(from.id),
    name: fullName(from),
    username: from.username ?? null,
    language_code: from.language_code ?? null,
  }
}
