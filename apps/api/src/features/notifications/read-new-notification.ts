import { type Audience, newId, type NotificationToAccept } from '@tellwire/db'
import type { MessageOptions } from '@tellwire/domain'
import type { TenantContext } from '../../context.js'
import { refusal } from '../../errors.js'
import { parseId } from '../../http/ids.js'
import { readMessage } from '../../messages/read-message.js'
import type { NewNotification } from './schemas.js'
import { describeAnswer } from './show-accepted.js'

const aheadMaxMs = 366 * 24 * 3_600_000
const keptMaxMs = aheadMaxMs

/**
 * What is to be stored of a notification whose form was checked.
 * @throws for one that can never be sent.
 */
export async function readNewNotification(ctx: TenantContext, input: NewNotification): Promise<NotificationToAccept> {
  const message = await readMessage(
    ctx,
    input,
    input.to.user_ids ?? (input.to.user_id === undefined ? [] : [input.to.user_id]),
  )
  const times = readTimes(input)
  const audience = await readAudience(ctx, input.to)
  if (input.if_not_connected === 'hold' && (audience.kind === 'topic' || audience.kind === 'everyone')) {
    throw refusal('impossible_combination', 'Only named users can be waited for.', {
      pointer: '/if_not_connected',
      detail: 'is for named users: a topic or everyone passes over who is not connected',
    })
  }
  const waitMs = await ctx.capacity.expectWaitMs(ctx.tenantId, input.priority)
  return {
    id: newId(),
    tenantId: ctx.tenantId,
    target: input.to,
    audience,
    answer: {
      ...describeAnswer({ audience, target: input.to, sendAt: times.sendAt }, waitMs),
      ...(input.dedupe ? { dedupe_key: input.dedupe.key } : {}),
    },
    priority: input.priority,
    format: message.format,
    text: message.text,
    message: withThread(message.message, input),
    metadata: input.metadata,
    requestId: ctx.requestId,
    traceparent: ctx.traceparent,
    ...times,
    onUnknown: input.on_unknown,
    isHeldUntilConnected: input.if_not_connected === 'hold',
    dedupe: input.dedupe && { key: input.dedupe.key, until: new Date(Date.now() + input.dedupe.window * 1_000) },
  }
}

async function readAudience({ db, tenantId }: TenantContext, to: NewNotification['to']): Promise<Audience> {
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

/** @throws `time_out_of_range` */
export function readSendAt(text: string | undefined): Date | undefined {
  if (text === undefined) return undefined
  const sendAt = new Date(text)
  if (sendAt.getTime() > Date.now() + aheadMaxMs) {
    throw refusal('time_out_of_range', 'A notification can be scheduled up to a year ahead.', {
      pointer: '/send_at',
      detail: 'is more than a year ahead',
    })
  }
  return sendAt.getTime() > Date.now() ? sendAt : undefined
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
function withThread(
  message: MessageOptions | undefined,
  { thread_key: threadKey, mode }: NewNotification,
): MessageOptions | undefined {
  if (threadKey !== undefined) return { ...message, thread_key: threadKey, mode: mode ?? 'replace' }
  if (mode === undefined) return message
  throw refusal('impossible_combination', 'A mode is for the notifications of a thread.', {
    pointer: '/mode',
    detail: 'needs a thread_key',
  })
}
