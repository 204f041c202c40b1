import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { abortSignal } from '../../http/abort-signal.js'
import { readId } from '../../http/ids.js'
import { Page } from '../../http/schemas.js'
import { waitFor } from '../../http/wait-for.js'
import { acceptNotification } from './accept-notification.js'
import { getNotification } from './get-notification.js'
import { listNotifications } from './list-notifications.js'
import { readPreferredWait } from './prefer-wait.js'
import {
  AcceptedNotification,
  NewNotification,
  Notification,
  NotificationHeaders,
  NotificationListQuery,
  NotificationParams,
  NotificationSummary,
} from './schemas.js'

const tags = ['notifications']

export const notificationRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.post(
    '',
    {
      config: { scope: 'notifications:write' },
      schema: {
        tags,
        summary: 'Send a notification',
        headers: NotificationHeaders,
        body: NewNotification,
        response: { 202: AcceptedNotification },
      },
    },
    async (request, reply) => {
      const { id, body, isReplayed } = await acceptNotification(request.tenant, request)
      if (isReplayed) reply.header('idempotency-replayed', 'true')
      reply.code(202).header('location', body.links.self)

      const seconds = readPreferredWait(request.headers.prefer)
      if (seconds === 0) return body
      reply.header('preference-applied', `wait=${seconds}`)
      const { status } = await waitFor(
        () => getNotification(request.tenant, id),
        (notification) => notification.status === 'settled',
        { seconds, signal: abortSignal(reply) },
      )
      return { ...body, status }
    },
  )

  app.get(
    '',
    {
      config: { scope: 'notifications:read' },
      schema: {
        tags,
        summary: 'List notifications, newest first',
        querystring: NotificationListQuery,
        response: { 200: Page(NotificationSummary) },
      },
    },
    async (request) => listNotifications(request.tenant, request.query),
  )

  app.get(
    '/:id',
    {
      config: { scope: 'notifications:read' },
      schema: {
        tags,
        summary: 'Look at a notification and its deliveries',
        params: NotificationParams,
        response: { 200: Notification },
      },
    },
    async (request) => getNotification(request.tenant, readId('ntf', request.params.id, 'notification')),
  )
}
