import { enqueueReply } from '@tellwire/db'
import { wakeAfterCommit } from '@tellwire/domain'
import { DrainLane } from '@tellwire/jobs'
import type { ReplyBody, ReplyButton } from '../compose/reply-body.js'
import type { UpdateScope } from './scope.js'

/** Answers that may wait in one chat: who writes faster than we answer is answered less often. */
const waitingMax = 5
/** The same where something would get lost without the answer. */
const neededWaitingMax = 100

/** Where an answer goes. */
export interface ReplyPlace {
  chatId: number
  /** The topic of a forum in which we were spoken to. */
  forumTopic?: number | undefined
  /** The message of ours that it takes the place of. */
  editsMessageId?: number | undefined
}

export interface Reply {
  text: string
  /** The text of the message that it takes the place of stays. */
  isButtonsOnly?: boolean
  /** The message of the person that it answers, where that is to be seen. */
  repliesTo?: number
  buttons?: ReplyButton[][]
  /** The tenant for which it is said. */
  tenantId?: string | undefined
  /** Something would get lost without it. */
  isNeeded?: boolean
}

/** Answers a person, before all notifications and at the chat's pace. */
export async function reply(
  scope: UpdateScope,
  place: ReplyPlace,
  { text, buttons, isButtonsOnly, repliesTo, tenantId, isNeeded = false }: Reply,
): Promise<void> {
  const { db, botId } = scope
  const body: ReplyBody = {
    text,
    ...(buttons ? { buttons } : {}),
    ...(place.forumTopic === undefined ? {} : { forumTopic: place.forumTopic }),
    ...(isButtonsOnly === undefined ? {} : { isButtonsOnly }),
    ...(repliesTo === undefined ? {} : { repliesTo }),
    ...(place.editsMessageId === undefined ? {} : { editsMessageId: place.editsMessageId }),
  }
  const answer = { botId, chatId: BigInt(place.chatId), tenantId: tenantId ?? null, body }
  if (await enqueueReply(db, answer, isNeeded ? neededWaitingMax : waitingMax))
    wakeAfterCommit(scope, DrainLane, { botId })
}
