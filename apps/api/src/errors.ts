import { type FieldError, Refusal, tooManyAtOnce } from '@tellwire/domain'
import { type ProblemCode, problems } from './problems.js'

export type { FieldError } from '@tellwire/domain'
export { type ProblemCode, problems } from './problems.js'

/** What a caller is told. Anything that is thrown and is no `Refusal` becomes an opaque `internal_error`. */
export class ApiError extends Refusal<ProblemCode> {
  override name = 'ApiError'
}

/** Whether an error is one of those that a caller is told. */
export function isApiError(error: unknown): error is Refusal<ProblemCode> {
  return error instanceof Refusal && Object.hasOwn(problems, error.code)
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

/** The caller has used up what it may send. @param policy the name of the limit, as the headers name it. */
export function rateLimited(policy: string, resetSeconds: number): ApiError {
  return new ApiError('rate_limited', `The limit "${policy}" is used up for now.`, {
    retryAfterSeconds: Math.max(1, resetSeconds),
    extensions: { 'violated-policies': [policy] },
  })
}

export function tooManyWaits(): Refusal {
  return tooManyAtOnce('Too many requests wait for this already.', 5)
}

/** Makes a problem document (RFC 9457). */
export function problemDocument(
  code: ProblemCode,
  detail: string,
  about: {
    baseUrl: string
    instance: string
    requestId: string
    errors?: FieldError[] | undefined
    extensions?: Record<string, unknown> | undefined
  },
) {
  const { status, title, isRetryable, type } = problems[code]
  return {
    type: type ?? `${about.baseUrl}/problems/${code}`,
    title,
    status,
    detail,
    instance: about.instance,
    code,
    request_id: about.requestId,
    retryable: isRetryable,
    ...(about.errors ? { errors: about.errors } : {}),
    ...about.extensions,
  }
}
