import { isDatabaseUnavailable } from '@tellwire/db'
import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { newId } from '@tellwire/db'
import type { Logger } from '@tellwire/observability'
import type { ErrorObject } from 'ajv'
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Refusal } from '@tellwire/domain'
import { ApiError, type FieldError, isApiError, type ProblemCode, problemDocument, problems } from '../errors.js'
import { toValidationError } from '../http/validation.js'

const mediaType = 'application/problem+json; charset=utf-8'

/** Fastify's own refusals that are the caller's to mend. */
const fastifyCodes: Record<string, { code: ProblemCode; detail: string }> = {
  FST_ERR_CTP_BODY_TOO_LARGE: { code: 'payload_too_large', detail: 'The body is larger than this route takes.' },
  FST_ERR_CTP_INVALID_MEDIA_TYPE: { code: 'unsupported_media_type', detail: 'Send the body as application/json.' },
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: {
    code: 'malformed_request',
    detail: 'Content-Length is not the length of the body.',
  },
  FST_ERR_BAD_URL: { code: 'malformed_request', detail: 'The address is not a valid URL path.' },
  FST_ERR_MAX_PARAM_LENGTH: { code: 'not_found', detail: 'There is no such address.' },
}

/** One shape for whatever goes wrong, 404 and 500 included. */
export function handleErrors(
  app: FastifyInstance,
  baseUrl: () => string,
  log: Logger,
  onError: (error: unknown) => void = () => undefined,
): void {
  app.setErrorHandler((error: FastifyError, request, reply) => {
    onError(error)
    return answerProblem(toApiError(error, request, log), request, reply, baseUrl())
  })
}

/** Answers requests to addresses that there are not, before their bodies are read. */
export function refuseUnknownAddresses(app: FastifyInstance): void {
  const methodsAt = watchMethods(app)
  app.addHook('onRequest', (request, reply, done) => {
    if (!request.is404) return done()
    const methods = methodsAt(request.url.split('?')[0] ?? '')
    if (methods.length === 0) return done(new ApiError('not_found', 'There is nothing at this address.'))
    const allowed = methods.join(', ')
    reply.header('allow', allowed)
    done(new ApiError('method_not_allowed', `This address takes ${allowed}, and no ${request.method}.`))
  })
}

/** Remembers the addresses as they are added. @returns which methods the address of a path takes. */
function watchMethods(app: FastifyInstance): (path: string) => string[] {
  const methodsByPattern = new Map<string, { pattern: RegExp; methods: Set<string> }>()
  app.addHook('onRoute', ({ url, method }) => {
    const pattern = new RegExp(`^${url.replaceAll('.', '\\.').replace(/:\w+/g, '[^/]+')}$`)
    const known = methodsByPattern.get(url) ?? { pattern, methods: new Set() }
    methodsByPattern.set(url, known)
    for (const each of [method].flat()) known.methods.add(each)
  })
  return (path) => {
    const fitting = [...methodsByPattern.values()].filter(({ pattern }) => pattern.test(path))
    return [...new Set(fitting.flatMap(({ methods }) => [...methods]))].toSorted()
  }
}

export function answerProblem(
  error: Refusal<ProblemCode>,
  request: FastifyRequest,
  reply: FastifyReply,
  baseUrl: string,
): FastifyReply {
  const { status } = problems[error.code]
  reply.header('x-request-id', request.id)
  const retryAfterSeconds = error.retryAfterSeconds ?? (status === 503 ? 1 : undefined)
  if (retryAfterSeconds !== undefined) reply.header('retry-after', retryAfterSeconds)
  if (status === 401) reply.header('www-authenticate', 'Bearer realm="tellwire"')
  const instance = request.routeOptions.url?.includes(':token')
    ? request.routeOptions.url
    : (request.url.split('?')[0] ?? '')
  const document = problemDocument(error.code, error.message, {
    baseUrl,
    instance,
    requestId: request.id,
    errors: error.errors ?? defaultErrors(error),
    extensions: error.extensions,
  })
  return reply.code(status).type(mediaType).serializer(JSON.stringify).send(document)
}

/** What is wrong with a request as a whole is pointed at as a whole. */
function defaultErrors(error: Refusal<ProblemCode>): FieldError[] | undefined {
  const isWhole = [400, 404, 405, 413, 414, 415].includes(problems[error.code].status)
  return isWhole ? [{ pointer: '', code: error.code, detail: error.message }] : undefined
}

function toApiError(error: FastifyError, request: FastifyRequest, log: Logger): Refusal<ProblemCode> {
  if (isApiError(error)) return error
  // Nobody reads the answer to a request that broke off, and nothing is wrong here.
  if (request.raw.destroyed && !request.raw.complete) return brokenOff(error)
  const requestId = request.id
  if (error.validation) return toValidationError(error.validation as ErrorObject[], error.validationContext ?? 'body')
  const known = fastifyCodes[error.code]
  if (known) return new ApiError(known.code, known.detail, { cause: error })
  if (isDatabaseUnavailable(error)) {
    log.warn({ err: error, requestId }, 'database unavailable')
    return new ApiError(
      'service_unavailable',
      'The database cannot be reached. Try again, with the same Idempotency-Key if there was one.',
      {
        cause: error,
      },
    )
  }
  log.error({ err: error, requestId }, 'request failed')
  return new ApiError('internal_error', 'The failure was recorded under this request_id.', { cause: error })
}

function brokenOff(cause: unknown): ApiError {
  return new ApiError('malformed_request', 'The connection was closed before all of the request had arrived.', {
    cause,
  })
}

/** For what Node's HTTP parser refuses before there is a request. */
export function createClientErrorHandler(baseUrl: () => string) {
  return (error: NodeJS.ErrnoException, socket: Socket): void => {
    if (error.code === 'ECONNRESET' || !socket.writable) return
    const code: ProblemCode = error.code === 'HPE_HEADER_OVERFLOW' ? 'headers_too_large' : 'malformed_request'
    const requestId = newId()
    const body = JSON.stringify(
      problemDocument(code, 'The request could not be read.', {
        baseUrl: baseUrl(),
        instance: '',
        requestId,
        errors: [{ pointer: '', code, detail: 'cannot be read' }],
      }),
    )
    const { status } = problems[code]
    const head = [
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
      `content-type: ${mediaType}`,
      `content-length: ${Buffer.byteLength(body)}`,
      `x-request-id: ${requestId}`,
      'connection: close',
    ]
    socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
  }
}
