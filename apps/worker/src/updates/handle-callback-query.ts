import type { CallbackQuery } from '@tellwire/telegram'
import { pressChatButton } from './press-chat-button.js'
import { recordPress } from './record-press.js'
import { asPerson, type UpdateScope } from './scope.js'

/**
 * Handles a press: on a button of a notification, of which its tenant is told, or under an answer of ours. A press on
 * anything else is answered all the same, so that the person's button does not wait.
 */
export async function handleCallbackQuery(given: UpdateScope, query: CallbackQuery): Promise<void> {
  const scope = asPerson(given, query.from)
  const said = (await pressChatButton(scope, query)) ?? (await recordPress(scope, query))
  scope.afterCommit(`answer ${query.id}`, () => scope.answerPress(query.id, said))
}
