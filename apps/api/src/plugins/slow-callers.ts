import type { Socket } from 'node:net'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { ApiError } from '../errors.js'

/** How much of an upload has to arrive in the time that another body has as a whole. */
const uploadBytesMin = 65_536

export interface CallerBounds {
  connectionsPerAddress: number
  /** How long a body may take to arrive; of an upload, how long until more of it has arrived. */
  bodyTimeoutMs?: number
  /** How long the rest of a body is taken and thrown away after its answer, so that the caller reads the answer. */
  restTimeoutMs?: number
}

/** Keeps callers from occupying the server by sending slowly, by never ending, or by holding many connections. */
export function boundCallers(
  app: FastifyInstance,
  { connectionsPerAddress, bodyTimeoutMs = 30_000, restTimeoutMs = 5_000 }: CallerBounds,
): void {
  boundConnections(app, connectionsPerAddress)

  app.addHook('preParsing', (request, reply, payload, done) => {
    if (!hasArrived(request)) endWhenSlow(request, reply, bodyTimeoutMs)
    done(null, payload)
  })
  app.addHook('onResponse', (request, _reply, done) => {
    if (!hasArrived(request)) endRest(request, restTimeoutMs)
    done()
  })
}

function hasArrived({ raw, headers }: FastifyRequest): boolean {
  const isExpected = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
  return raw.complete || !isExpected
}

function endRest({ raw }: FastifyRequest, timeoutMs: number): void {
  const timer = setTimeout(() => raw.destroy(), timeoutMs).unref()
  raw.once('close', () => clearTimeout(timer))
}

function endWhenSlow(request: FastifyRequest, reply: FastifyReply, timeoutMs: number): void {
  const { raw } = request
  const isUpload = request.routeOptions.config.route?.fileBytesMax !== undefined
  let bytesBefore = raw.socket.bytesRead
  const timer = setInterval(() => {
    if (raw.complete) return clearInterval(timer)
    const bytes = raw.socket.bytesRead
    const isSlow = !isUpload || bytes - bytesBefore < uploadBytesMin
    bytesBefore = bytes
    if (!isSlow) return
    clearInterval(timer)
    if (reply.sent) return
    reply.header('connection', 'close')
    void reply.send(new ApiError('request_timeout', `The body did not arrive within ${timeoutMs / 1_000} seconds.`))
  }, timeoutMs).unref()
  raw.once('close', () => clearInterval(timer))
}

/** One address gets so many connections at a time; further ones are closed at once. */
function boundConnections(app: FastifyInstance, max: number): void {
  const openByAddress = new Map<string, number>()
  app.server.on('connection', (socket: Socket) => {
    const address = socket.remoteAddress ?? ''
    const open = (openByAddress.get(address) ?? 0) + 1
    openByAddress.set(address, open)
    socket.once('close', () => {
      const left = (openByAddress.get(address) ?? 1) - 1
      if (left === 0) openByAddress.delete(address)
      else openByAddress.set(address, left)
    })
    if (open > max) socket.destroy()
  })
}
