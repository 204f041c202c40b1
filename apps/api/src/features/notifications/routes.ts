import { Answer, replayedHeader } from '../../http/answer.js'
import { IdParams, parseId, readId } from '../../http/ids.js'
import { Page } from '../../http/schemas.js'
import { lookOrWait, WaitQuery } from '../../http/wait-query.js'
import { messageBytesMax } from '../../messages/schemas.js'
import { messageRefusals } from '../../messages/refusals.js'
import type { ProblemCode } from '../../problems.js'
import { type Call, route } from '../../route.js'
import type { TenantRequestScope } from '../../context.js'
import { Notification, NotificationSummary } from '../../views/notification-schemas.js'
import { accept } from './accept.js'
import { getNotification } from './get-notification.js'
import { listNotifications } from './list-notifications.js'
import { readPreferredWait } from './prefer-wait.js'
import { readBatch } from './read-batch.js'
import {
  AcceptedBatch,
  AcceptedNotification,
  NewBatch,
  NewNotification,
  NotificationHeaders,
  NotificationListQuery,
} from './schemas.js'
import { showAcceptance, showAcceptances } from './show-acceptance.js'

const tag = 'notifications'
const params = IdParams('ntf', 'notification')
const batchBytesMax = 8 * 1_048_576

/** What can be in the way of a notification that is well formed. */
const refusals: readonly ProblemCode[] = [
  ...messageRefusals,
  'conflict',
  'limit_reached',
  'reply_target_unknown',
  'time_out_of_range',
  'topic_unknown',
  'user_not_connected',
]

export const notificationRoutes = [
  route({
    operation: 'sendNotification',
    scope: 'notifications:write',
    method: 'POST',
    url: '/v1/notifications',
    tag,
    summary: 'Send a notification',
    description:
      'With the answer it is on disk, and will be sent. With `Prefer: wait=N` the answer comes when all of it has ended, or after N seconds.',
    headers: NotificationHeaders,
    body: NewNotification,
    bodyBytesMax: messageBytesMax,
    responses: { 202: AcceptedNotification },
    isIdempotent: true,
    hasLocation: true,
    errors: refusals,
    gate: 'none',
    handler: async (call) => {
      const accepted = await accept(call.scope, [{ input: call.body }], false)
      const body = showAcceptance(accepted)
      const headers = { location: body.links.self, ...replayedHeader(accepted.isReplayed) }
      const seconds = readPreferredWait(call.headers.prefer)
      if (seconds === 0) return new Answer(202, body, headers)
      const known = await waitUntilSettled(call, body.id, seconds)
      if (known === undefined) return new Answer(202, body, headers)
      return new Answer(202, { ...body, ...known }, { ...headers, 'preference-applied': `wait=${seconds}` })
    },
  }),
  route({
    operation: 'sendBatch',
    scope: 'notifications:write',
    method: 'POST',
    url: '/v1/notifications/batch',
    tag,
    summary: 'Send up to 500 notifications',
    description:
      'Each has its own result, in the order of the request, also one that is malformed. An atomic batch is accepted whole or not at all.',
    body: NewBatch,
    bodyBytesMax: batchBytesMax,
    responses: { 202: AcceptedBatch },
    isIdempotent: true,
    errors: ['limit_reached', 'batch_refused', 'conflict', 'too_many_recipients'],
    gate: 'none',
    handler: async ({ scope, body }) => {
      const accepted = await accept(scope, readBatch(body), body.atomic)
      return new Answer(202, showAcceptances(accepted, body.atomic), replayedHeader(accepted.isReplayed))
    },
  }),
  route({
    operation: 'listNotifications',
    gate: 'searches',
    scope: 'notifications:read',
    method: 'GET',
    url: '/v1/notifications',
    tag,
    summary: 'List notifications, newest first',
    query: NotificationListQuery,
    responses: { 200: Page('NotificationPage', NotificationSummary) },
    handler: ({ scope, query }) => listNotifications(scope, query),
  }),
  route({
    operation: 'getNotification',
    scope: 'notifications:read',
    method: 'GET',
    url: '/v1/notifications/:id',
    tag,
    summary: 'Look at a notification and its deliveries, or wait for their end',
    params,
    query: WaitQuery('Seconds to wait for the end of all deliveries.'),
    responses: { 200: Notification },
    gate: 'none',
    handler: (call) => {
      const id = readId('ntf', call.params.id, 'notification')
      return lookOrWait(call, {
        id,
        waits: call.scope.waits.notifications,
        look: () => getNotification(call.scope, id),
        isOpen: ({ status }) => status !== 'settled' && status !== 'held',
      })
    },
  }),
]

/** @returns undefined where too many wait already, or nothing can be looked up: a preference is never an error. */
async function waitUntilSettled({ scope, signal }: Call<TenantRequestScope>, shownId: string, seconds: number) {
  const { tenantId, key, gates, waits } = scope
  const id = parseId('ntf', shownId) ?? ''
  const hasWaited = await waits.notifications.until({ tenantId, id }, { owner: key.id, seconds, signal: signal() })
  if (!hasWaited) return undefined
  const look = () => gates.statements.pass(tenantId, () => getNotification(scope, id))
  // It is accepted, whatever can be said of it now.
  return look().then(
    ({ status, counts }) => ({ status, counts }),
    () => undefined,
  )
}
