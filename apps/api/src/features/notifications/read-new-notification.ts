import { type Audience, newId, type NotificationToAccept } from '@tellwire/db'
import type { MessageOptions, TenantScope } from '@tellwire/domain'
import type { Needs } from '../../context.js'
import { refusal } from '../../errors.js'
import { parseId } from '../../http/ids.js'
import { readMessage } from '../../messages/read-message.js'
import type { RenderingScope } from '../../messages/render-given.js'
import { aheadMaxMs, readSendAt } from '../../messages/read-send-at.js'
import { factsOf } from './acceptance-facts.js'
import type { NewNotification } from './schemas.js'

/** How long a notification can wait once it may be sent, in milliseconds. */
const keptMaxMs = aheadMaxMs

/**
 * Reads what is to be stored of a notification whose form was checked.
 * @param position its place in the request.
 * @throws for one that can never be sent.
 */
export async function readNewNotification(
  scope: RenderingScope & Needs<'capacity'>,
  input: NewNotification,
  position: number,
): Promise<NotificationToAccept> {
  const userIds = input.to.user_ids ?? (input.to.user_id === undefined ? [] : [input.to.user_id])
  const content = await readMessage(scope, input, userIds)
  const times = readTimes(input)
  const audience = await readAudience(scope, input.to)
  if (input.if_not_connected === 'hold' && (audience.kind === 'topic' || audience.kind === 'everyone')) {
    throw refusal('impossible_combination', 'Only named users can be waited for.', {
      pointer: '/if_not_connected',
      detail: 'is for named users: a topic or everyone passes over who is not connected',
    })
  }
  const waitMs = await scope.capacity.expectWaitMs(scope.tenantId, input.priority)
  const dedupe = input.dedupe && { ...input.dedupe, until: new Date(Date.now() + input.dedupe.window * 1_000) }
  const id = newId()
  return {
    id,
    tenantId: scope.tenantId,
    target: input.to,
    audience,
    facts: factsOf({ id, audience, target: input.to, sendAt: times.sendAt, dedupe }, { waitMs, position }),
    priority: input.priority,
    content: { ...content, options: withThread(content.options, input) },
    metadata: input.metadata,
    requestId: scope.requestId,
    traceparent: scope.traceparent,
    ...times,
    onUnknown: input.on_unknown === 'resend' ? 'resend' : 'stop',
    awaitsUsers: input.if_not_connected === 'hold',
    dedupe,
  }
}

async function readAudience({ db, tenantId }: TenantScope, to: NewNotification['to']): Promise<Audience> {
  if (to.user_id !== undefined) return { kind: 'users', userIds: [to.user_id] }
  if (to.user_ids !== undefined) return { kind: 'users', userIds: to.user_ids }
  if (to.connection_id !== undefined) return { kind: 'connection', connectionId: parseId('con', to.connection_id) }
  if (to.topic === undefined) return { kind: 'everyone' }
  const topic = await db.topic.findUnique({
    where: { tenantId_name: { tenantId, name: to.topic } },
    select: { id: true },
  })
  if (!topic) {
    throw refusal('topic_unknown', 'Nobody has ever subscribed to this topic.', {
      pointer: '/to/topic',
      detail: 'is not a topic of yours',
    })
  }
  return { kind: 'topic', topicId: topic.id }
}

function readTimes(input: NewNotification): { sendAt: Date | undefined; expiresAt: Date | undefined } {
  const sendAt = readSendAt(input.send_at)
  const beginsAtMs = sendAt?.getTime() ?? Date.now()
  if (input.ttl !== undefined && input.expires_at !== undefined) {
    throw refusal('impossible_combination', 'A notification has either a ttl or an expires_at.', {
      pointer: '/ttl',
      detail: 'cannot stand beside expires_at',
    })
  }
  if (input.ttl !== undefined) return { sendAt, expiresAt: new Date(beginsAtMs + input.ttl * 1_000) }
  if (input.expires_at === undefined) return { sendAt, expiresAt: undefined }
  const expiresAt = new Date(input.expires_at)
  if (expiresAt.getTime() > beginsAtMs + keptMaxMs) {
    throw refusal('time_out_of_range', 'A notification can wait for a year.', {
      pointer: '/expires_at',
      detail: 'is more than a year after the notification can be sent',
    })
  }
  if (expiresAt.getTime() <= beginsAtMs) {
    throw refusal('time_out_of_range', 'The notification would expire before it could be sent.', {
      pointer: '/expires_at',
      detail: 'is over before the notification can be sent',
    })
  }
  return { sendAt, expiresAt }
}

/** @throws `impossible_combination` for a mode without a thread. */
function withThread(options: MessageOptions, input: NewNotification): MessageOptions {
  const { thread_key: threadKey, mode, draft } = input
  if (draft === true) assertDraft(input)
  // What does not fit into a preview is not worth several messages.
  const isDraft = draft === true ? { draft, overflow: 'truncate' as const } : {}
  if (threadKey !== undefined) return { ...options, ...isDraft, thread_key: threadKey, mode: mode ?? 'replace' }
  if (mode === undefined) return options
  throw refusal('impossible_combination', 'A mode is for the notifications of a thread.', {
    pointer: '/mode',
    detail: 'needs a thread_key',
  })
}

/** A preview shows a text and nothing else, and the next state takes its place. */
const notOfDrafts = ['attachments', 'buttons', 'keyboard', 'remove_keyboard', 'effect', 'reply_to'] as const

/** @throws `impossible_combination` */
function assertDraft(input: NewNotification): void {
  const refuse = (pointer: string, detail: string) =>
    refusal('impossible_combination', 'A draft is a text of a thread.', { pointer, detail })
  if (input.thread_key === undefined) throw refuse('/draft', 'needs a thread_key')
  if (input.mode === 'append' || input.mode === 'reply') throw refuse('/mode', 'a draft replaces the state before it')
  const given = notOfDrafts.find((name) => input[name])
  if (given !== undefined) throw refuse(`/${given}`, 'cannot stand in a draft')
}
