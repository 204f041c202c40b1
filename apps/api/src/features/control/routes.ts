import type { InTransaction } from '@tellwire/db'
import type { TenantRequestScope } from '../../context.js'
import { answerOnce } from '../../http/answer.js'
import { IdParams, readId } from '../../http/ids.js'
import { route } from '../../route.js'
import { NotificationSummary } from '../../views/notification-schemas.js'
import { findNotification, showNotification, tallyNotifications } from '../../views/notification.js'
import { cancelNotification } from './cancel-notification.js'
import { pauseNotification, resumeNotification } from './pause-notification.js'
import { rescheduleNotification } from './reschedule-notification.js'
import { Cancellation, Reschedule } from './schemas.js'
import { untilWithdrawn } from './until-withdrawn.js'

const tag = 'notifications'
const params = IdParams('ntf', 'notification')
const idOf = ({ id }: { id: string }): string => readId('ntf', id, 'notification')

export const controlRoutes = [
  route({
    operation: 'cancelNotification',
    scope: 'notifications:write',
    method: 'POST',
    url: '/v1/notifications/:id/cancel',
    tag,
    summary: 'Keep what has not gone out from going out',
    description:
      'Doing it again changes nothing. After the answer nothing of it goes out but what Telegram is being told at that moment.',
    params,
    responses: { 200: Cancellation },
    isIdempotent: true,
    handler: async ({ scope, params }) => {
      const answer = await answerOnce(scope, (scope) => cancelNotification(scope, idOf(params)), { status: 200 })
      await untilWithdrawn(scope, idOf(params))
      return answer
    },
  }),
  route({
    operation: 'pauseNotification',
    shows: 'notifications:read',
    scope: 'notifications:write',
    method: 'POST',
    url: '/v1/notifications/:id/pause',
    tag,
    summary: 'Hold back a notification',
    params,
    responses: { 200: NotificationSummary },
    isIdempotent: true,
    errors: ['conflict'],
    handler: async ({ scope, params }) => {
      const answer = await control(scope, idOf(params), pauseNotification)
      await untilWithdrawn(scope, idOf(params))
      return answer
    },
  }),
  route({
    operation: 'resumeNotification',
    shows: 'notifications:read',
    scope: 'notifications:write',
    method: 'POST',
    url: '/v1/notifications/:id/resume',
    tag,
    summary: 'Let a notification go on',
    params,
    responses: { 200: NotificationSummary },
    isIdempotent: true,
    errors: ['conflict'],
    handler: ({ scope, params }) => control(scope, idOf(params), resumeNotification),
  }),
  route({
    operation: 'rescheduleNotification',
    shows: 'notifications:read',
    scope: 'notifications:write',
    method: 'POST',
    url: '/v1/notifications/:id/reschedule',
    tag,
    summary: 'Give a scheduled notification another time',
    params,
    body: Reschedule,
    responses: { 200: NotificationSummary },
    isIdempotent: true,
    errors: ['conflict', 'time_out_of_range'],
    handler: ({ scope, params, body }) =>
      control(scope, idOf(params), (scope, id) => rescheduleNotification(scope, id, body.send_at)),
  }),
]

/** Does something with a notification, and answers what it is afterwards. */
function control(
  scope: TenantRequestScope,
  id: string,
  act: (scope: InTransaction<TenantRequestScope>, id: string) => Promise<void>,
) {
  return answerOnce(
    scope,
    async (scope) => {
      await act(scope, id)
      const notification = await findNotification(scope, id)
      const tallyOf = await tallyNotifications(scope, [notification])
      return showNotification(notification, tallyOf(notification))
    },
    { status: 200 },
  )
}
