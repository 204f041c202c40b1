import { answerOnce } from '../../http/answer.js'
import { readId } from '../../http/ids.js'
import { Page } from '../../http/schemas.js'
import { Empty, route } from '../../route.js'
import { changeWebhook } from './change-webhook.js'
import { createWebhook } from './create-webhook.js'
import { deleteWebhook } from './delete-webhook.js'
import { getWebhook } from './get-webhook.js'
import { listAttempts } from './list-attempts.js'
import { listWebhooks } from './list-webhooks.js'
import { replayWebhook } from './replay-webhook.js'
import { rotateSecret } from './rotate-secret.js'
import {
  Attempt,
  IssuedWebhook,
  NewReplay,
  NewWebhook,
  Replay,
  Webhook,
  WebhookChange,
  WebhookListQuery,
  webhookParams as params,
  WebhookSummary,
  WebhookTest,
} from './schemas.js'
import { testWebhook } from './test-webhook.js'

const tag = 'webhooks'
const idOf = ({ id }: { id: string }): string => readId('whk', id, 'webhook')

export const webhookRoutes = [
  route({
    operation: 'createWebhook',
    scope: 'webhooks:write',
    method: 'POST',
    url: '/v1/webhooks',
    tag,
    summary: 'Have events sent to an address of yours',
    description:
      'Requests are signed as Standard Webhooks says. What is not taken with a 2xx is tried again, ten times in about three days.',
    body: NewWebhook,
    responses: { 201: IssuedWebhook },
    isIdempotent: true,
    hasLocation: true,
    errors: ['limit_reached'],
    handler: ({ scope, body }) =>
      answerOnce(scope, (scope) => createWebhook(scope, body), {
        status: 201,
        locationOf: ({ id }) => `/v1/webhooks/${id}`,
        isSecret: true,
      }),
  }),
  route({
    operation: 'listWebhooks',
    scope: 'webhooks:read',
    method: 'GET',
    url: '/v1/webhooks',
    tag,
    summary: 'List webhooks, oldest first',
    query: WebhookListQuery,
    responses: { 200: Page('WebhookPage', WebhookSummary) },
    handler: ({ scope, query }) => listWebhooks(scope, query),
  }),
  route({
    operation: 'getWebhook',
    scope: 'webhooks:read',
    method: 'GET',
    url: '/v1/webhooks/:id',
    tag,
    summary: 'Look at a webhook, and how its last day went',
    params,
    responses: { 200: Webhook },
    handler: ({ scope, params }) => getWebhook(scope, idOf(params)),
  }),
  route({
    operation: 'changeWebhook',
    scope: 'webhooks:write',
    shows: 'webhooks:read',
    method: 'PATCH',
    url: '/v1/webhooks/:id',
    tag,
    summary: 'Change a webhook, disable it, or let it go on',
    params,
    body: WebhookChange,
    responses: { 200: WebhookSummary },
    handler: ({ scope, params, body }) => changeWebhook(scope, idOf(params), body),
  }),
  route({
    operation: 'deleteWebhook',
    scope: 'webhooks:write',
    method: 'DELETE',
    url: '/v1/webhooks/:id',
    tag,
    summary: 'Delete a webhook',
    params,
    responses: { 204: Empty },
    handler: ({ scope, params }) => deleteWebhook(scope, idOf(params)),
  }),
  route({
    operation: 'testWebhook',
    scope: 'webhooks:write',
    method: 'POST',
    url: '/v1/webhooks/:id/test',
    tag,
    summary: 'Send a test to a webhook',
    description: 'An event `webhook.test` is sent to this webhook alone, whatever types it wants.',
    params,
    responses: { 202: WebhookTest },
    isIdempotent: true,
    errors: ['conflict'],
    handler: ({ scope, params }) => answerOnce(scope, (scope) => testWebhook(scope, idOf(params)), { status: 202 }),
  }),
  route({
    operation: 'rotateWebhookSecret',
    scope: 'webhooks:write',
    method: 'POST',
    url: '/v1/webhooks/:id/rotate-secret',
    tag,
    summary: "Replace a webhook's secret",
    description:
      'For 24 hours requests carry the signatures of both, and of those that were rotated out in the 24 hours before; of six at most.',
    params,
    responses: { 200: IssuedWebhook },
    isIdempotent: true,
    handler: ({ scope, params }) =>
      answerOnce(scope, (scope) => rotateSecret(scope, idOf(params)), { status: 200, isSecret: true }),
  }),
  route({
    operation: 'replayWebhook',
    gate: 'searches',
    scope: 'webhooks:write',
    method: 'POST',
    url: '/v1/webhooks/:id/replay',
    tag,
    summary: 'Send events to a webhook once more',
    params,
    body: NewReplay,
    responses: { 202: Replay },
    isIdempotent: true,
    errors: ['conflict', 'not_found'],
    handler: ({ scope, params, body }) =>
      answerOnce(scope, (scope) => replayWebhook(scope, idOf(params), body), { status: 202 }),
  }),
  route({
    operation: 'listWebhookAttempts',
    scope: 'webhooks:read',
    method: 'GET',
    url: '/v1/webhooks/:id/attempts',
    tag,
    summary: 'List the requests to a webhook, newest first',
    params,
    query: WebhookListQuery,
    responses: { 200: Page('WebhookAttemptPage', Attempt) },
    handler: ({ scope, params, query }) => listAttempts(scope, idOf(params), query),
  }),
]
