/** Every code an answer can carry: stable, documented under `/problems/{code}`. */
export const problems = {
  invalid_request: { status: 400, title: 'The request does not fit its schema', isRetryable: false },
  malformed_json: { status: 400, title: 'The body is not JSON', isRetryable: false },
  invalid_encoding: { status: 400, title: 'The body is not valid UTF-8', isRetryable: false },
  malformed_request: { status: 400, title: 'The request is not valid HTTP', isRetryable: false },
  unauthenticated: { status: 401, title: 'A valid key is missing', isRetryable: false },
  insufficient_scope: { status: 403, title: "The key's scopes do not allow this", isRetryable: false },
  tenant_suspended: { status: 403, title: 'The tenant is suspended', isRetryable: false },
  not_found: { status: 404, title: 'There is no such thing', isRetryable: false },
  conflict: { status: 409, title: 'The resource is in another state', isRetryable: false },
  bot_exists: { status: 409, title: 'The bot is registered already', isRetryable: false },
  idempotency_in_flight: {
    status: 409,
    title: 'A request with this idempotency key is still running',
    isRetryable: true,
  },
  payload_too_large: { status: 413, title: 'The body is too large', isRetryable: false },
  uri_too_long: { status: 414, title: 'The address is too long', isRetryable: false },
  unsupported_media_type: { status: 415, title: 'The body must be application/json', isRetryable: false },
  idempotency_mismatch: { status: 422, title: 'The idempotency key was used for another request', isRetryable: false },
  user_not_connected: { status: 422, title: 'The user has no active connection', isRetryable: false },
  bot_required: { status: 422, title: 'The bot must be named', isRetryable: false },
  webhook_refused: { status: 422, title: 'Telegram does not accept the webhook', isRetryable: false },
  bot_token_rejected: { status: 422, title: 'Telegram does not accept the bot token', isRetryable: false },
  text_empty: { status: 422, title: 'The message would show nothing', isRetryable: false },
  message_too_long: { status: 422, title: 'The message is too long', isRetryable: false },
  markup_invalid: { status: 422, title: 'Telegram would refuse the formatting', isRetryable: false },
  attachments_refused: { status: 422, title: 'The attachments cannot be sent', isRetryable: false },
  buttons_refused: { status: 422, title: 'The buttons cannot be sent', isRetryable: false },
  link_preview_refused: { status: 422, title: 'The link preview cannot be shown', isRetryable: false },
  file_unknown: { status: 422, title: 'There is no such file', isRetryable: false },
  file_too_large: { status: 422, title: 'The file is too large', isRetryable: false },
  file_empty: { status: 422, title: 'The file is empty', isRetryable: false },
  reply_target_unknown: { status: 422, title: 'There is nothing to reply to', isRetryable: false },
  template_unknown: { status: 422, title: 'There is no such template', isRetryable: false },
  template_unpublished: { status: 422, title: 'The template has no published version', isRetryable: false },
  template_invalid: { status: 422, title: 'The template cannot be rendered', isRetryable: false },
  template_name_taken: { status: 409, title: 'There is a template of this name', isRetryable: false },
  variables_invalid: { status: 422, title: 'The variables do not fit the template', isRetryable: false },
  not_editable: { status: 422, title: 'The message cannot be changed like this', isRetryable: false },
  time_out_of_range: { status: 422, title: 'The time cannot be used', isRetryable: false },
  topic_unknown: { status: 422, title: 'There is no such topic', isRetryable: false },
  batch_refused: { status: 422, title: 'Nothing of the batch was accepted', isRetryable: false },
  impossible_combination: { status: 422, title: 'The fields do not go together', isRetryable: false },
  rate_refused: { status: 422, title: 'The bot cannot have this rate', isRetryable: false },
  bot_not_owned: { status: 403, title: 'The bot is shared and not yours to change', isRetryable: false },
  rate_limited: { status: 429, title: 'Too many requests', isRetryable: true },
  headers_too_large: { status: 431, title: 'The headers are too large', isRetryable: false },
  internal_error: { status: 500, title: 'Something went wrong here', isRetryable: true },
  telegram_unavailable: { status: 502, title: 'Telegram cannot be reached', isRetryable: true },
  service_unavailable: { status: 503, title: 'The service is not ready', isRetryable: true },
} as const

export type ProblemCode = keyof typeof problems

export interface FieldError {
  /** A JSON pointer into the body, or `/<name>` of a query, path or header parameter. */
  pointer: string
  code: string
  detail: string
  /** Of a mistake in a text: where it is, in characters, and what stands around it. */
  offset?: number
  context?: string
}

/** What a caller is told. Anything else that is thrown becomes an opaque `internal_error`. */
export class ApiError extends Error {
  override name = 'ApiError'
  readonly code: ProblemCode
  readonly errors: FieldError[] | undefined
  readonly retryAfterSeconds: number | undefined

  constructor(
    code: ProblemCode,
    detail: string,
    options: { errors?: FieldError[]; retryAfterSeconds?: number; cause?: unknown } = {},
  ) {
    super(detail, { cause: options.cause })
    this.code = code
    this.errors = options.errors
    this.retryAfterSeconds = options.retryAfterSeconds
  }
}

/** A request that is well formed and cannot be done, because of one of its fields. */
export function refusal(code: ProblemCode, detail: string, field: { pointer: string; detail: string }): ApiError {
  return new ApiError(code, detail, { errors: [{ pointer: field.pointer, code, detail: field.detail }] })
}

export function notFound(what: string, pointer = ''): ApiError {
  return new ApiError('not_found', `There is no such ${what}.`, {
    errors: [{ pointer, code: 'not_found', detail: 'does not exist' }],
  })
}

/** A problem document (RFC 9457). */
export function problemDocument(
  code: ProblemCode,
  detail: string,
  about: { baseUrl: string; instance: string; requestId: string; errors?: FieldError[] | undefined },
) {
  const { status, title, isRetryable } = problems[code]
  return {
    type: `${about.baseUrl}/problems/${code}`,
    title,
    status,
    detail,
    instance: about.instance,
    code,
    request_id: about.requestId,
    retryable: isRetryable,
    ...(about.errors ? { errors: about.errors } : {}),
  }
}
