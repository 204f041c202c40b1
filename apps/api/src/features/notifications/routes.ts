import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { DrainLane } from '@tellwire/jobs'
import { abortSignal } from '../../http/abort-signal.js'
import { readId } from '../../http/ids.js'
import { idempotencyHeaders, Page } from '../../http/schemas.js'
import { waitFor } from '../../http/wait-for.js'
import { runIdempotently } from '../../plugins/idempotency.js'
import { acceptBatch } from './accept-batch.js'
import { acceptNotification } from './accept-notification.js'
import { cancelNotification } from './cancel-notification.js'
import { changeNotification } from './change-notification.js'
import { deleteMessages } from './delete-messages.js'
import { getNotification } from './get-notification.js'
import { listDeliveries } from './list-deliveries.js'
import { listNotifications } from './list-notifications.js'
import { pauseNotification, resumeNotification } from './pause-notification.js'
import { readPreferredWait } from './prefer-wait.js'
import { replayDeliveries } from './replay-deliveries.js'
import { rescheduleNotification } from './reschedule-notification.js'
import {
  AcceptedBatch,
  AcceptedNotification,
  Cancellation,
  Changing,
  Deleting,
  Delivery,
  DeliveryListQuery,
  NewBatch,
  NewNotification,
  Notification,
  NotificationChange,
  NotificationHeaders,
  NotificationListQuery,
  NotificationParams,
  NotificationSummary,
  Replay,
  ReplayResult,
  Reschedule,
} from './schemas.js'

const tags = ['notifications']
const batchBytesMax = 8 * 1_048_576

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
    async (request) => getNotification(request.tenant, readNotificationId(request.params)),
  )

  app.patch(
    '/:id',
    {
      config: { scope: 'notifications:write' },
      schema: {
        tags,
        summary: 'Change a notification, in the chats where it was sent',
        params: NotificationParams,
        body: NotificationChange,
        response: { 202: Changing },
      },
    },
    async (request, reply) =>
      reply.code(202).send(await changeNotification(request.tenant, readNotificationId(request.params), request.body)),
  )

  app.delete(
    '/:id/message',
    {
      config: { scope: 'notifications:write' },
      schema: {
        tags,
        summary: 'Take back what was sent in the last 48 hours',
        params: NotificationParams,
        response: { 202: Deleting },
      },
    },
    async (request, reply) =>
      reply.code(202).send(await deleteMessages(request.tenant, readNotificationId(request.params))),
  )

  app.get(
    '/:id/deliveries',
    {
      config: { scope: 'notifications:read' },
      schema: {
        tags,
        summary: "List a notification's deliveries, by status or reason",
        params: NotificationParams,
        querystring: DeliveryListQuery,
        response: { 200: Page(Delivery) },
      },
    },
    async (request) => listDeliveries(request.tenant, readNotificationId(request.params), request.query),
  )

  app.post(
    '/batch',
    {
      config: { scope: 'notifications:write' },
      bodyLimit: batchBytesMax,
      schema: {
        tags,
        summary: 'Send up to 500 notifications',
        headers: idempotencyHeaders,
        body: NewBatch,
        response: { 202: AcceptedBatch },
      },
    },
    async (request, reply) => {
      const { body, isReplayed } = await acceptBatch(request.tenant, request)
      if (isReplayed) reply.header('idempotency-replayed', 'true')
      return reply.code(202).send(body)
    },
  )

  app.post(
    '/replay',
    {
      config: { scope: 'notifications:write' },
      schema: {
        tags,
        summary: 'Send failed deliveries again',
        headers: idempotencyHeaders,
        body: Replay,
        response: { 200: ReplayResult },
      },
    },
    async (request, reply) => {
      const botIds: string[] = []
      const answered = await runIdempotently(request.tenant, request, reply, async (ctx) => {
        const { hasMore, botIds: touched, ...counts } = await replayDeliveries(ctx, request.body)
        botIds.push(...touched)
        return { status: 200, body: { ...counts, has_more: hasMore } }
      })
      for (const botId of botIds) request.tenant.waker.wake(DrainLane, { botId })
      return answered
    },
  )

  app.post(
    '/:id/cancel',
    {
      config: { scope: 'notifications:write' },
      schema: {
        tags,
        summary: 'Keep what has not gone out from going out',
        params: NotificationParams,
        response: { 200: Cancellation },
      },
    },
    async (request) => cancelNotification(request.tenant, readNotificationId(request.params)),
  )

  app.post(
    '/:id/pause',
    {
      config: { scope: 'notifications:write' },
      schema: {
        tags,
        summary: 'Hold back a notification',
        params: NotificationParams,
        response: { 200: Notification },
      },
    },
    async (request) => pauseNotification(request.tenant, readNotificationId(request.params)),
  )

  app.post(
    '/:id/resume',
    {
      config: { scope: 'notifications:write' },
      schema: { tags, summary: 'Let it go on', params: NotificationParams, response: { 200: Notification } },
    },
    async (request) => resumeNotification(request.tenant, readNotificationId(request.params)),
  )

  app.post(
    '/:id/reschedule',
    {
      config: { scope: 'notifications:write' },
      schema: {
        tags,
        summary: 'Give a scheduled notification another time',
        params: NotificationParams,
        body: Reschedule,
        response: { 200: Notification },
      },
    },
    async (request) => rescheduleNotification(request.tenant, readNotificationId(request.params), request.body.send_at),
  )
}

function readNotificationId({ id }: { id: string }): string {
  return readId('ntf', id, 'notification')
}
