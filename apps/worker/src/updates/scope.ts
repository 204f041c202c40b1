import type { InTransaction } from '@tellwire/db'
import type { Sealer, SystemScope } from '@tellwire/domain'

/** Work for one update of one bot, in a transaction of its own. */
export type UpdateScope = InTransaction<SystemScope> & {
  botId: string
  sealer: Sealer
  /**
   * Whether a person is an administrator of a group.
   * @throws {UnknownMember} where Telegram has to be asked first, which is done outside of a transaction.
   */
  isAdministrator: (chatId: number, personId: number) => boolean
  /** Tells Telegram that a press was heard, and the person what is to be said of it. It is only for the looks, and never fails. */
  answerPress: (queryId: string, text: string | undefined) => void
}

/** Telegram has to be asked whether somebody is an administrator. */
export class UnknownMember extends Error {
  override readonly name = 'UnknownMember'
  readonly chatId: number
  readonly personId: number

  constructor(chatId: number, personId: number) {
    super('it is not known yet whether somebody is an administrator')
    this.chatId = chatId
    this.personId = personId
  }
}

/** The same scope, in which a person acts. */
export function asPerson(scope: UpdateScope, person: { id: number } | undefined): UpdateScope {
  return person ? { ...scope, actor: { type: 'person', id: String(person.id) } } : scope
}
