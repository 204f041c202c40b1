/** A field of a request that is in the way, and why. */
export interface FieldProblem {
  /** Where it is, as a JSON pointer into the body, or its name in the query. */
  pointer?: string
  code?: string
  detail?: string
  [more: string]: unknown
}

/** A problem document of the API (RFC 9457). */
export interface Problem {
  code?: string
  title?: string
  detail?: string
  request_id?: string
  retryable?: boolean
  errors?: FieldProblem[]
  [more: string]: unknown
}

/** Whatever this library throws itself. */
export class TellwireError extends Error {
  override name = 'TellwireError'
}

/** The API could not be reached, or its answer broke off. `cause` says why. */
export class ConnectionError extends TellwireError {
  override name = 'ConnectionError'
}

/** No answer came in time. */
export class TimeoutError extends ConnectionError {
  override name = 'TimeoutError'
}

/** The API refused a request. Each status has a class of its own. */
export class ApiError extends TellwireError {
  override name = 'ApiError'
  /** The HTTP status. */
  declare readonly status: number
  /** Says what happened: stable, snake_case, such as `not_found`. */
  declare readonly code: string
  /** Under which the request is in the log of the service. */
  declare readonly requestId: string | undefined
  /** The fields that are in the way. */
  declare readonly errors: readonly FieldProblem[]
  /** Whether the same request can succeed later. */
  declare readonly retryable: boolean
  /** For how long to wait before that, in milliseconds, where the service says so. */
  declare readonly retryAfterMs: number | undefined
  declare readonly problem: Problem

  constructor(status: number, problem: Problem, retryAfterMs?: number) {
    const fields = (problem.errors ?? []).map(({ pointer, detail }) => `${pointer ?? ''}: ${detail ?? ''}`)
    super([problem.detail ?? problem.title ?? `The service answered ${status}`, ...fields].join('\n  '))
    this.status = status
    this.code = problem.code ?? `http_${status}`
    this.requestId = problem.request_id
    this.errors = problem.errors ?? []
    this.retryable = problem.retryable ?? (status === 429 || status >= 500)
    this.retryAfterMs = retryAfterMs
    this.problem = problem
  }
}

export class InvalidRequestError extends ApiError {
  override name = 'InvalidRequestError'
}
export class AuthenticationError extends ApiError {
  override name = 'AuthenticationError'
}
export class PermissionError extends ApiError {
  override name = 'PermissionError'
}
export class NotFoundError extends ApiError {
  override name = 'NotFoundError'
}
export class ConflictError extends ApiError {
  override name = 'ConflictError'
}
/** A cursor that is too old, or something that has ended. */
export class GoneError extends ApiError {
  override name = 'GoneError'
}
export class TooLargeError extends ApiError {
  override name = 'TooLargeError'
}
/** What was asked for cannot be done, though it is well-formed. */
export class UnprocessableError extends ApiError {
  override name = 'UnprocessableError'
}
export class RateLimitError extends ApiError {
  override name = 'RateLimitError'
}
export class ServerError extends ApiError {
  override name = 'ServerError'
}

const classes: Record<number, typeof ApiError> = {
  400: InvalidRequestError,
  401: AuthenticationError,
  403: PermissionError,
  404: NotFoundError,
  409: ConflictError,
  410: GoneError,
  413: TooLargeError,
  422: UnprocessableError,
  429: RateLimitError,
}

/** Reads an answer that is no success. */
export async function toApiError(response: Response): Promise<ApiError> {
  const text = await response.text().catch(() => '')
  const Class = classes[response.status] ?? (response.status >= 500 ? ServerError : ApiError)
  return new Class(response.status, readProblem(text), readRetryAfter(response.headers.get('retry-after')))
}

function readProblem(text: string): Problem {
  try {
    const problem: unknown = JSON.parse(text)
    if (typeof problem === 'object' && problem !== null) return problem as Problem
  } catch {
    // A proxy in between answers in words of its own.
  }
  return text === '' ? {} : { detail: text.slice(0, 500) }
}

/** @returns milliseconds. */
function readRetryAfter(value: string | null): number | undefined {
  if (value === null) return undefined
  const seconds = Number(value)
  const ms = Number.isFinite(seconds) ? seconds * 1_000 : Date.parse(value) - Date.now()
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined
}
