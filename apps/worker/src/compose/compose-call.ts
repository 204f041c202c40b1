import type { ClaimedDelivery } from '@tellwire/db'
import { type MessageContent, textParams } from '@tellwire/domain'
import { type FormattedText, TelegramParseError } from '@tellwire/format'
import { type Call, type NoCall, noCall, plainCall } from './call.js'
import { composeEdit } from './compose-edit.js'
import { composeNotification } from './compose-notification.js'
import type { LookUps } from './look-ups.js'
import { FileMissing } from './media.js'
import type { Planner } from './plan.js'

/**
 * Composes the call that a claimed delivery is, or why there is none. It reads nothing: what a plain text needs was
 * claimed with it, and what more can be said of a message is in the look-ups.
 */
export function composeCall(
  delivery: ClaimedDelivery,
  content: MessageContent,
  lookUps: LookUps,
  planner: Planner,
): Call | NoCall {
  try {
    switch (delivery.kind) {
      case 'reply':
        // As the handlers of updates write it.
        return { ...plainCall, method: 'sendMessage', params: textParams(delivery.body as FormattedText) }
      case 'edit':
        return composeEdit(delivery, content, lookUps, planner)
      case 'notification':
        return composeNotification(delivery, content, lookUps, planner)
    }
  } catch (error) {
    // The text of a template is not known before it is filled in.
    if (error instanceof TelegramParseError) return noCall('formatting_refused')
    if (error instanceof FileMissing) return noCall('file_missing')
    throw error
  }
}
