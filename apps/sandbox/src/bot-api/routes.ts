/**
 * `/bot<token>/<method>` by the Bot API's wire rules: GET and POST, four ways to send parameters, an HTTP
 * status that equals the error code, and failures below HTTP that come without JSON.
 */
import { isUtf8 } from 'node:buffer'
import multipart from '@fastify/multipart'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { isRecord } from '../is-record.js'
import type { Fault, SandboxBot } from '../state/types.js'
import type { World } from '../state/world.js'
import { describeStatus, takeFault } from './faults.js'
import { filePathOf } from './methods/get-file.js'
import { findMethod } from './methods/index.js'
import type { MethodCall, MethodResult } from './methods/method.js'
import { Parameters } from './parameters.js'
import { TelegramError, badRequest } from './telegram-error.js'

const parametersBytesMax = 1_048_576
/** Of one upload. */
const fileBytesMax = 50 * 1_048_576

export type CallServices = Omit<MethodCall, 'bot' | 'parameters' | 'atMs' | 'signal'>

export async function botApiRoutes(app: FastifyInstance, services: CallServices): Promise<void> {
  app.removeAllContentTypeParsers()
  await app.register(multipart, { limits: { files: 50, fileSize: fileBytesMax, fieldSize: parametersBytesMax } })
  app.addContentTypeParser(
    ['application/json', 'application/x-www-form-urlencoded'],
    { parseAs: 'buffer' },
    async (_request: FastifyRequest, body: Buffer) => {
      if (!isUtf8(body)) throw badRequest('strings must be encoded in UTF-8')
      return body.toString('utf8')
    },
  )
  app.addContentTypeParser('*', { parseAs: 'string' }, async () => '')
  // Failures below the Bot API, such as a body that is too large, are answered without JSON.
  app.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) =>
    error instanceof TelegramError
      ? sendError(reply, error)
      : reply.code(error.statusCode === 413 ? 413 : 400).send(''),
  )

  app.route({
    method: ['GET', 'POST'],
    url: '/:bot/:method',
    handler: async (request, reply) => {
      const { bot: prefixed, method } = request.params as { bot: string; method: string }
      return prefixed.startsWith('bot')
        ? answerCall(services, request, reply, prefixed.slice(3), method)
        : sendError(reply, new TelegramError(404, 'Not Found'))
    },
  })
  app.get('/file/:bot/*', async (request, reply) => sendFile(services, request, reply))
  app.route({
    method: ['GET', 'POST'],
    url: '/:bot',
    handler: async (_request, reply) => sendError(reply, new TelegramError(404, 'Not Found')),
  })
}

/** Sends the file that `getFile` gave a path for. */
function sendFile({ world }: CallServices, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { bot: prefixed, '*': path } = request.params as { bot: string; '*': string }
  const bot = world.botByToken(prefixed.replace(/^bot/, ''))
  const file = bot && [...world.files.values()].find((each) => each.botId === bot.id && filePathOf(each) === path)
  const bytes = file && world.bytes.get(file.uniqueId)
  if (!bytes) return sendError(reply, new TelegramError(404, 'Not Found'))
  return reply.type('application/octet-stream').send(bytes)
}

async function answerCall(
  services: CallServices,
  request: FastifyRequest,
  reply: FastifyReply,
  token: string,
  methodName: string,
): Promise<FastifyReply> {
  const { world } = services
  const parameters = await readParameters(request)
  if (parameters.size > parametersBytesMax) return reply.code(413).send('')

  const bot = /^\d+:[A-Za-z0-9_-]{20,}$/.test(token) ? world.botByToken(token) : undefined
  const found = findMethod(methodName || parameters.text('method'))
  const entry = {
    at_ms: request.arrivedAtMs,
    bot: bot?.username ?? null,
    method: found?.name ?? methodName,
    chat_id: readChatId(parameters),
    text: parameters.has('text')
      ? parameters.text('text')
      : parameters.has('caption')
        ? parameters.text('caption')
        : null,
  }
  const log = (accepted: boolean, status: number | null) => world.logRequest({ ...entry, accepted, status })

  const fault =
    bot && takeFault(world, { bot: bot.username, method: entry.method, chatId: String(entry.chat_id ?? '') })
  if (fault && fault.kind !== 'timeout_after') {
    log(false, fault.kind === 'status' ? (fault.status ?? 500) : null)
    return answerFault(reply, fault)
  }

  try {
    const { result, description } = await runMethod(services, request, reply, token, bot, found, parameters)
    log(true, fault ? null : 200)
    if (fault) return await reply.hijack()
    return await reply.send({ ok: true, result, ...(description === undefined ? {} : { description }) })
  } catch (error) {
    if (!(error instanceof TelegramError)) throw error
    log(false, fault ? null : error.code)
    return fault ? reply.hijack() : sendError(reply, error)
  }
}

async function runMethod(
  services: CallServices,
  request: FastifyRequest,
  reply: FastifyReply,
  token: string,
  bot: SandboxBot | undefined,
  found: ReturnType<typeof findMethod>,
  parameters: Parameters,
): Promise<MethodResult> {
  if (!bot) throw isWellFormed(token) ? new TelegramError(401, 'Unauthorized') : new TelegramError(404, 'Not Found')
  if (!found) throw new TelegramError(404, 'Not Found')
  const controller = new AbortController()
  reply.raw.once('close', () => controller.abort())
  return found.method({ ...services, bot, parameters, atMs: request.arrivedAtMs, signal: controller.signal })
}

/** As a number where it is one, as every other answer of the control API has it. */
function readChatId(parameters: Parameters): number | string | null {
  const text = parameters.text('chat_id')
  if (text === '') return null
  return /^-?\d{1,15}$/.test(text) ? Number(text) : text
}

function isWellFormed(token: string): boolean {
  return /^\d+:[A-Za-z0-9_-]{20,}$/.test(token)
}

/** The query string is read before the body, and the first of a name wins. */
async function readParameters(request: FastifyRequest): Promise<Parameters> {
  const parameters = new Parameters()
  const query = request.url.indexOf('?')
  if (query !== -1)
    for (const [name, value] of new URLSearchParams(request.url.slice(query + 1))) parameters.add(name, value)

  const { body } = request
  const type = request.headers['content-type'] ?? ''
  if (typeof body === 'string' && type.startsWith('application/x-www-form-urlencoded')) {
    for (const [name, value] of new URLSearchParams(body)) parameters.add(name, value)
  } else if (typeof body === 'string' && body !== '') {
    const value = parseBody(body)
    if (isRecord(value)) parameters.addJson(value)
  } else if (request.isMultipart()) {
    for await (const part of request.parts()) {
      if (part.type === 'file') {
        const bytes = await part.toBuffer()
        parameters.files.set(part.fieldname, { name: part.filename || 'file', mimeType: part.mimetype, bytes })
      } else {
        parameters.add(part.fieldname, String(part.value))
      }
    }
  }
  return parameters
}

function parseBody(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    throw badRequest("can't parse JSON object")
  }
}

function answerFault(reply: FastifyReply, fault: Fault): FastifyReply {
  if (fault.kind === 'reset') {
    reply.raw.socket?.resetAndDestroy()
    return reply.hijack()
  }
  // The connection stays open without an answer until the caller gives up.
  if (fault.kind === 'timeout_before') return reply.hijack()

  const status = fault.status ?? 500
  if (status > 500 && fault.description === undefined)
    return reply.code(status).type('text/html').send(`<html><body><h1>${status}</h1></body></html>`)
  const retryAfter = fault.retry_after ?? (status === 429 ? 1 : undefined)
  const parameters = {
    ...(retryAfter === undefined ? {} : { retry_after: retryAfter }),
    ...(fault.migrate_to_chat_id === undefined ? {} : { migrate_to_chat_id: fault.migrate_to_chat_id }),
  }
  return sendError(reply, new TelegramError(status, describeStatus(fault, status), parameters))
}

function sendError(reply: FastifyReply, error: TelegramError): FastifyReply {
  if (error.parameters?.retry_after !== undefined) reply.header('retry-after', error.parameters.retry_after)
  return reply.code(error.code).send({
    ok: false,
    error_code: error.code,
    description: error.message,
    ...(error.parameters ? { parameters: error.parameters } : {}),
  })
}

/** Carries out a method that a webhook's reply asked for; its outcome is nobody's to see. */
export async function callFromWebhook(
  services: CallServices,
  world: World,
  bot: SandboxBot,
  method: string,
  body: Record<string, unknown>,
): Promise<void> {
  const found = findMethod(method)
  const parameters = new Parameters()
  parameters.addJson(body)
  const atMs = performance.timeOrigin + performance.now()
  let error: TelegramError | undefined
  try {
    if (!found) throw new TelegramError(404, 'Not Found')
    await found.method({ ...services, bot, parameters, atMs, signal: new AbortController().signal })
  } catch (cause) {
    if (!(cause instanceof TelegramError)) throw cause
    error = cause
  }
  world.logRequest({
    at_ms: atMs,
    bot: bot.username,
    method: found?.name ?? method,
    chat_id: readChatId(parameters),
    accepted: !error,
    status: error?.code ?? 200,
    text: parameters.text('text') || null,
  })
}
