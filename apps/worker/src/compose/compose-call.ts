import type { ClaimedDelivery } from '@tellwire/db'
import type { Droppable } from '@tellwire/domain'
import { type Call, type NoCall, noCall } from './call.js'
import { composeEdit } from './compose-edit.js'
import { composeNotification } from './compose-notification.js'
import type { LookUps } from './look-ups.js'
import { FileMissing } from './media.js'
import type { Prepared } from './prepare.js'
import { composeReply } from './reply-body.js'

/**
 * Composes the call that a claimed delivery is, or why there is none. It reads nothing: the message was prepared, and
 * what more can be said of it is in the look-ups.
 */
export function composeCall(delivery: ClaimedDelivery, lookUps: LookUps, prepared: Prepared): Call | NoCall {
  try {
    switch (delivery.kind) {
      case 'reply':
        return composeReply(delivery.body)
      case 'edit':
        return composeEdit(delivery, lookUps, prepared)
      case 'notification':
        return composeNotification(delivery, lookUps, prepared)
    }
  } catch (error) {
    if (error instanceof FileMissing) return noCall('file_missing', droppableIn(delivery, prepared, error.place))
    throw error
  }
}

/** A file that is gone is left out like one that Telegram refuses, where anything else of the message is left. */
function droppableIn(
  { kind, part }: ClaimedDelivery,
  prepared: Prepared,
  place: number | undefined,
): Droppable | undefined {
  if (kind === 'edit') return 'new_media'
  if (!prepared || 'failure' in prepared || place === undefined) return undefined
  const missing: Droppable = `attachments/${place}`
  return prepared.steps[part]?.droppable.find((droppable) => droppable === missing)
}
