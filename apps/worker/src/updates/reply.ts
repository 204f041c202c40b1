import { enqueueReply } from '@tellwire/db'
import { wakeAfterCommit } from '@tellwire/domain'
import { DrainLane } from '@tellwire/jobs'
import type { Chat } from '@tellwire/telegram'
import type { UpdateScope } from './scope.js'

/** Answers that may wait in one chat: who writes faster than we answer is answered less often. */
const waitingMax = 5

/** Answers a person, before all notifications and at the chat's pace. */
export async function reply(
  scope: UpdateScope,
  { id }: Chat,
  text: string,
  tenantId: string | null = null,
): Promise<void> {
  const { db, botId } = scope
  const answer = { botId, chatId: BigInt(id), tenantId, body: { text, entities: [] } }
  if (await enqueueReply(db, answer, waitingMax)) wakeAfterCommit(scope, DrainLane, { botId })
}
