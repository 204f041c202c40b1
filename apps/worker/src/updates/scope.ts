import type { InTransaction } from '@tellwire/db'
import type { Sealer, SystemScope } from '@tellwire/domain'

/** Work for one update of one bot, in a transaction of its own. */
export type UpdateScope = InTransaction<SystemScope> & {
  botId: string
  sealer: Sealer
  /** Tells Telegram that a press was heard. It is only for the looks, and never fails. */
  answerPress: (queryId: string) => void
}

/** The same scope, in which a person acts. */
export function asPerson(scope: UpdateScope, person: { id: number } | undefined): UpdateScope {
  return person ? { ...scope, actor: { type: 'person', id: String(person.id) } } : scope
}
