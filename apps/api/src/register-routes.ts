import { Readable } from 'node:stream'
import { finished } from 'node:stream/promises'
import multipart from '@fastify/multipart'
import type { FastifyInstance, FastifyReply, FastifyRequest, FastifySchema } from 'fastify'
import Type, { type TObject, type TSchema } from 'typebox'
import { abortSignal } from './http/abort-signal.js'
import { Answer } from './http/answer.js'
import { IdempotencyKey } from './http/schemas.js'
import { mapSchema } from './http/map-schema.js'
import { compileSchema } from './http/validation.js'
import { compileWriter, writeJson } from './http/write-json.js'
import type { Gates } from './gates.js'
import { type Call, Empty, type Route } from './route.js'

/** Opens the scopes of requests that were authenticated, and tells whose work they are. */
export interface Opening {
  scopeOf: (request: FastifyRequest) => unknown
  ownerOf: (request: FastifyRequest) => string
  gates: Gates
}

/** Makes the server answer the operations of a list. */
export function registerRoutes(app: FastifyInstance, routes: readonly Route[], opening: Opening): void {
  app.setValidatorCompiler<TSchema>(({ schema, httpPart }) =>
    compileSchema(schema, httpPart === 'body' ? 'body' : 'parameters'),
  )
  app.setSerializerCompiler(({ schema }) => compileWriter(schema))
  for (const route of routes) {
    if (route.fileBytesMax === undefined) registerRoute(app, route, opening)
    else registerUpload(app, route, route.fileBytesMax, opening)
  }
}

function registerRoute(app: FastifyInstance, route: Route, opening: Opening, bodyBytesMax = route.bodyBytesMax) {
  app.route({
    method: route.method,
    url: route.url,
    schema: toFastifySchema(route),
    config: { route },
    ...(bodyBytesMax === undefined ? {} : { bodyLimit: bodyBytesMax }),
    ...(route.isBodyOptional ? { preValidation: useEmptyBody } : {}),
    handler: async (request, reply) => answer(route, await passAndCall(route, request, reply, opening), reply),
  })
}

const json = 'application/json; charset=utf-8'
const formBytesMax = 1_048_576
const streamedMsMax = 600_000

/** Forms are taken nowhere else, so that they are told to be of the wrong type there. */
function registerUpload(app: FastifyInstance, route: Route, fileBytesMax: number, opening: Opening): void {
  void app.register(async (uploads) => {
    await uploads.register(multipart, {
      throwFileSizeLimit: false,
      limits: { files: 1, fields: 0, fileSize: fileBytesMax },
    })
    // More than the file, so that one that is too large is told by name.
    registerRoute(uploads, route, opening, fileBytesMax + formBytesMax)
  })
}

function toFastifySchema(route: Route): FastifySchema {
  const { params, query, body, fileBytesMax, isWrittenAsMade } = route
  const responses = isWrittenAsMade ? {} : route.responses
  const headers = headersOf(route)
  return {
    ...(params ? { params } : {}),
    ...(query ? { querystring: query } : {}),
    ...(headers ? { headers } : {}),
    // What is not JSON is read as it comes, and checked by the operation.
    ...(body && fileBytesMax === undefined ? { body } : {}),
    response: Object.fromEntries(Object.entries(responses).map(([status, schema]) => [status, withoutNames(schema)])),
  }
}

/** The headers of a request that the operation reads. */
export function headersOf({ headers, isIdempotent }: Route): TObject | undefined {
  if (!isIdempotent) return headers
  return Type.Object({ 'idempotency-key': Type.Optional(IdempotencyKey), ...headers?.properties })
}

/** For the serializer, which looks for one schema under a name, and does not know our formats. */
function withoutNames(schema: TSchema): unknown {
  return mapSchema(schema, ({ $id: _, format: __, ...rest }) => rest)
}

async function useEmptyBody(request: FastifyRequest): Promise<void> {
  request.body ??= {}
}

async function passAndCall(
  route: Route,
  request: FastifyRequest,
  reply: FastifyReply,
  opening: Opening,
): Promise<unknown> {
  const { gate = 'statements' } = route
  const work = async (): Promise<unknown> => call(route, request, reply, opening)
  if (gate === 'none') return work()
  return new Promise((resolve, reject) => {
    const workAndStream = async (): Promise<void> => {
      const result = await work()
      resolve(result)
      if (result instanceof Answer && result.body instanceof Readable) await endOf(result.body)
    }
    opening.gates[gate].pass(opening.ownerOf(request), workAndStream).catch(reject)
  })
}

/** What is streamed has its place until it ends, in whatever way. Who reads for too long is hung up on. */
async function endOf(stream: Readable): Promise<void> {
  const timer = setTimeout(() => stream.destroy(), streamedMsMax)
  await finished(stream).catch(() => undefined)
  clearTimeout(timer)
}

function call(route: Route, request: FastifyRequest, reply: FastifyReply, { scopeOf }: Opening): unknown {
  const parts: Call = {
    scope: scopeOf(request),
    params: request.params,
    query: request.query,
    headers: request.headers,
    body: route.fileBytesMax === undefined ? request.body : request,
    signal: () => abortSignal(reply),
  }
  // They were checked against the schemas that the handler's types come from.
  return route.handler(parts as never)
}

function answer({ responses, shows, isWrittenAsMade }: Route, result: unknown, reply: FastifyReply): FastifyReply {
  const given = result instanceof Answer ? result : new Answer(Number(Object.keys(responses)[0]), result)
  reply.code(given.status).headers(given.headers)
  const isHidden = shows !== undefined && !reply.request.tenantKey?.scopes.includes(shows)
  if (isHidden) return reply.code(204).send()
  if (responses[given.status] === Empty) return reply.send()
  return isWrittenAsMade ? reply.type(json).send(writeJson(given.body)) : reply.send(given.body)
}
