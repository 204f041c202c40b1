import { newId } from '@tellwire/db'
import { codePointLength, isBlank, messageLengthMax, renderMarkdown, renderPlain } from '@tellwire/format'
import type { FastifyRequest } from 'fastify'
import type { TenantContext } from '../../context.js'
import { ApiError } from '../../errors.js'
import { parseId, showId } from '../../http/ids.js'
import { findAnswer, forgetExpired, hashRequest, readIdempotencyKey } from '../../plugins/idempotency.js'
import type { AcceptedNotification, NewNotification } from './schemas.js'

export interface AcceptResult {
  id: string
  body: AcceptedNotification
  isReplayed: boolean
}

/** When it returns, the notification and its deliveries are on disk. */
export async function acceptNotification(ctx: TenantContext, request: FastifyRequest): Promise<AcceptResult> {
  // The route's schema has validated it.
  const input = request.body as NewNotification
  assertSendable(input)
  const key = readIdempotencyKey(request)
  const { user_id: userId, connection_id: connectionId } = input.to

  const acceptance = await ctx.accepter.accept({
    id: newId(),
    tenantId: ctx.tenantId,
    target: input.to,
    userId,
    connectionId: connectionId === undefined ? undefined : parseId('con', connectionId),
    priority: input.priority,
    format: input.format,
    text: input.text,
    metadata: input.metadata,
    requestId: ctx.requestId,
    traceparent: ctx.traceparent,
    idempotency: key === undefined ? undefined : { key, requestHash: hashRequest(request) },
  })
  if (acceptance.isAccepted) return toResult(acceptance, false)

  const earlier = await findAnswer(ctx, request)
  if (earlier) return toResult(earlier as unknown as { id: string; deliveries: number }, true)
  if (key !== undefined && (await forgetExpired(ctx, key))) return acceptNotification(ctx, request)
  throw new ApiError(
    'user_not_connected',
    'There is no active connection to send to. Give the user a connect link first.',
    {
      errors: [
        {
          pointer: userId === undefined ? '/to/connection_id' : '/to/user_id',
          code: 'user_not_connected',
          detail: 'has no active connection',
        },
      ],
    },
  )
}

function toResult({ id, deliveries }: { id: string; deliveries: number }, isReplayed: boolean): AcceptResult {
  const shown = showId('ntf', id)
  return {
    id,
    isReplayed,
    body: { id: shown, status: 'in_progress', deliveries, links: { self: `/v1/notifications/${shown}` } },
  }
}

function assertSendable({ format, text }: NewNotification): void {
  const rendered = format === 'markdown' ? renderMarkdown(text) : renderPlain(text)
  if (isBlank(rendered.text)) {
    throw new ApiError('text_empty', 'The text would show nothing in a chat.', {
      errors: [{ pointer: '/text', code: 'text_empty', detail: 'has nothing to show' }],
    })
  }
  const length = codePointLength(rendered.text)
  if (length > messageLengthMax) {
    throw new ApiError(
      'message_too_long',
      `The message has ${length} characters once formatted; Telegram takes ${messageLengthMax}.`,
      {
        errors: [
          {
            pointer: '/text',
            code: 'message_too_long',
            detail: `has ${length} characters once formatted, more than ${messageLengthMax}`,
          },
        ],
      },
    )
  }
}
