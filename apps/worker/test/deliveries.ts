import type { ClaimedEdit, ClaimedNotification, ClaimedReply } from '@tellwire/db'
import { type Call, plainCall } from '../src/compose/call.js'
import type { QueuedDelivery } from '../src/lane/send-queue.js'

const claimed = {
  id: '0193f3a0-0000-7000-8000-000000000001',
  priority: 1,
  chatId: '42',
  isGroup: false,
  attempts: 0,
  ageMs: 0,
  expiresInMs: null,
  wasClaimed: false,
  wasInFlight: false,
  strikes: 0,
  stopsIfUnknown: false,
  part: 0,
  hasUnknownPart: false,
  dropped: [],
  lastSendAgesMs: [],
  weight: 1,
  isShared: false,
}

const ofTenant = {
  ...claimed,
  tenantId: '0193f3a0-0000-7000-8000-00000000000a',
  notificationId: '0193f3a0-0000-7000-8000-00000000000b',
  connectionId: '0193f3a0-0000-7000-8000-00000000000c',
  connectionStatus: 'active' as const,
  isCancelled: false,
  forumTopic: null,
  isMuted: false,
  content: { format: 'markdown', text: 'hello', options: null },
}

export function aNotification(fields: Partial<ClaimedNotification> = {}): ClaimedNotification {
  return { ...ofTenant, kind: 'notification', ...fields }
}

export function anEdit(edit: Partial<ClaimedEdit['edit']> = {}, fields: Partial<ClaimedEdit> = {}): ClaimedEdit {
  const sentDelivery = '0193f3a0-0000-7000-8000-000000000002'
  return {
    ...ofTenant,
    kind: 'edit',
    edit: { type: 'edit', deliveryId: sentDelivery, hasNewMedia: false, leftButtons: undefined, ...edit },
    ...fields,
  }
}

export function aReply(text: string): ClaimedReply {
  return { ...claimed, kind: 'reply', tenantId: null, body: { text, entities: [] } }
}

/** A delivery whose call is about to be made. */
export function queued(
  delivery: ClaimedNotification | ClaimedEdit | ClaimedReply = aNotification(),
  call: Partial<Call> = {},
  expiresAtMs = Infinity,
): QueuedDelivery {
  return { ...delivery, call: { ...plainCall, method: 'sendMessage', params: {}, ...call }, expiresAtMs }
}
