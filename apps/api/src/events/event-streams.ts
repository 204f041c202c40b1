import type { Database } from '@tellwire/db'
import { ApiError } from '../errors.js'
import type { EventStream } from './event-stream.js'

const streamsMax = { ofKey: 10, ofTenant: 200, inAll: 5_000 }
const checkEveryMs = 750

export interface StreamOwner {
  tenantId: string
  keyId: string
}

/** The streams that are open in this process. One whose key may no longer be used ends within a second. */
export interface EventStreams {
  /** @throws `too_many_at_once` */
  open(owner: StreamOwner, make: () => EventStream, signal: AbortSignal): EventStream
  close(): void
}

export function createEventStreams(db: Database, onError: (error: unknown) => void): EventStreams {
  const streams = new Map<EventStream, StreamOwner>()
  let timer: NodeJS.Timeout | undefined

  const check = async (): Promise<void> => {
    try {
      // Those that open meanwhile have been let in already.
      const looked = [...streams]
      const keyIds = [...new Set(looked.map(([, { keyId }]) => keyId))]
      const keys = await db.apiKey.findMany({
        where: { id: { in: keyIds }, revokedAt: null, tenant: { suspendedAt: null } },
        select: { id: true, expiresAt: true },
      })
      const good = new Set(
        keys.filter(({ expiresAt }) => expiresAt === null || expiresAt > new Date()).map(({ id }) => id),
      )
      for (const [stream, { keyId }] of looked) if (!good.has(keyId)) stream.push(null)
    } catch (error) {
      onError(error)
    }
    timer = streams.size > 0 ? setTimeout(() => void check(), checkEveryMs) : undefined
  }

  return {
    open(owner, make, signal) {
      const ofTenant = [...streams.values()].filter(({ tenantId }) => tenantId === owner.tenantId)
      const ofKey = ofTenant.filter(({ keyId }) => keyId === owner.keyId)
      const isFull =
        ofKey.length >= streamsMax.ofKey || ofTenant.length >= streamsMax.ofTenant || streams.size >= streamsMax.inAll
      if (isFull) {
        throw new ApiError('too_many_at_once', 'Too many streams are open already.', { retryAfterSeconds: 5 })
      }
      const stream = make()
      streams.set(stream, owner)
      stream.once('close', () => streams.delete(stream))
      signal.addEventListener('abort', () => stream.destroy())
      timer ??= setTimeout(() => void check(), checkEveryMs)
      return stream
    },
    close() {
      clearTimeout(timer)
      for (const stream of streams.keys()) stream.destroy()
    },
  }
}
