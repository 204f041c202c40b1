import { answerOnce } from '../../http/answer.js'
import { IdParams, readId } from '../../http/ids.js'
import { Page } from '../../http/schemas.js'
import { route } from '../../route.js'
import { Delivery } from '../../views/notification-schemas.js'
import { listDeliveries } from './list-deliveries.js'
import { replayFailed } from './replay-failed.js'
import { DeliveryListQuery, Replay, ReplayResult } from './schemas.js'

const tag = 'notifications'

export const deliveryRoutes = [
  route({
    operation: 'listDeliveries',
    gate: 'searches',
    scope: 'notifications:read',
    method: 'GET',
    url: '/v1/notifications/:id/deliveries',
    tag,
    summary: "List a notification's deliveries, by status or reason",
    params: IdParams('ntf', 'notification'),
    query: DeliveryListQuery,
    responses: { 200: Page('DeliveryPage', Delivery) },
    handler: ({ scope, params, query }) => listDeliveries(scope, readId('ntf', params.id, 'notification'), query),
  }),
  route({
    operation: 'replayDeliveries',
    gate: 'searches',
    scope: 'notifications:write',
    method: 'POST',
    url: '/v1/notifications/replay',
    tag,
    summary: 'Send failed deliveries again',
    description: 'Those whose connection has ended, or whose time is over, stay failed.',
    body: Replay,
    responses: { 200: ReplayResult },
    isIdempotent: true,
    handler: ({ scope, body }) => answerOnce(scope, (scope) => replayFailed(scope, body), { status: 200 }),
  }),
]
