import { ApiError } from '../../errors.js'
import { showId } from '../../http/ids.js'
import type { Accepted } from './accept.js'
import type { AcceptanceFacts } from './acceptance-facts.js'
import { pointInto } from './read-batch.js'
import type { AcceptedBatch, AcceptedNotification, BatchResult } from './schemas.js'

/** Answers a request with one notification. @throws why it was not accepted. */
export function showAcceptance({ outcomes: [outcome] }: Accepted): AcceptedNotification {
  if (!outcome || outcome instanceof Error) throw outcome ?? new Error('a request without a notification')
  return showFacts(outcome)
}

/** Answers a request with several. @throws `batch_refused` where nothing was accepted. */
export function showAcceptances({ outcomes }: Accepted, isAtomic: boolean): AcceptedBatch {
  const accepted = outcomes.filter((outcome) => !(outcome instanceof Error)).length
  if (accepted === 0 || (isAtomic && accepted < outcomes.length)) throw batchRefused(outcomes)
  return { results: outcomes.map(showResult), accepted, refused: outcomes.length - accepted }
}

function showResult(outcome: AcceptanceFacts | ApiError): BatchResult {
  if (!(outcome instanceof Error)) return { status: 'accepted', notification: showFacts(outcome) }
  const { code, message, errors } = outcome
  return { status: 'refused', error: { code, detail: message, ...(errors ? { errors } : {}) } }
}

/** Why nothing was accepted, with a pointer to each of those that were in the way. */
function batchRefused(outcomes: Accepted['outcomes']): ApiError {
  const errors = outcomes.flatMap((outcome, index) => (outcome instanceof Error ? pointInto(index, outcome) : []))
  return new ApiError('batch_refused', 'Nothing was accepted: see errors for what is in the way.', {
    errors: errors.slice(0, 100),
  })
}

function showFacts(facts: AcceptanceFacts): AcceptedNotification {
  const id = showId('ntf', facts.id)
  const status = facts.status ?? statusOf(facts)
  return {
    id,
    status,
    deliveries: facts.is_broadcast ? null : facts.deliveries,
    ...(facts.is_list
      ? { skipped: facts.skipped.map((userId) => ({ user_id: userId, reason: 'user_not_connected' })) }
      : {}),
    ...(facts.is_deduplicated ? { deduplicated: true } : {}),
    estimated_send_at: status === 'held' ? null : facts.estimated_send_at,
    links: { self: `/v1/notifications/${id}` },
  }
}

function statusOf(facts: AcceptanceFacts) {
  if (!facts.is_broadcast && facts.awaiting_user === facts.deliveries) return 'held'
  return facts.is_scheduled ? 'scheduled' : 'in_progress'
}
