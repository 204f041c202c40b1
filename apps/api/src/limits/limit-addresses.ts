import { callbackify } from 'node:util'
import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { rateLimited } from '../errors.js'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Requests here count nowhere: those of Telegram, and of whoever watches the service. */
    isUnlimited?: boolean
  }
  interface FastifyInstance {
    /** Counts a key that was not let in. @throws `rate_limited` where its address has sent too many. */
    countFailedKey(request: FastifyRequest): Promise<void>
    /** Counts a request of a key. @throws `rate_limited` */
    countKey(request: FastifyRequest, keyId: string): Promise<void>
  }
}

const secondMs = 1_000
const addressesMax = 50_000

/**
 * Limits what comes without a key, or with a wrong one, by its address, and what comes with a key, by the key: a second
 * at a time and for each process. What tenants may send is counted apart, together with the other processes.
 */
export async function limitAddresses(
  app: FastifyInstance,
  { perAddress, perKey }: { perAddress: number; perKey: number },
): Promise<void> {
  await app.register(rateLimit, { global: false, max: perAddress, timeWindow: secondMs, cache: addressesMax })
  const checkAddress = app.createRateLimit({ keyGenerator: addressOf })
  const keyIds = new WeakMap<FastifyRequest, string>()
  const checkKey = app.createRateLimit({ max: perKey, keyGenerator: (request) => keyIds.get(request) ?? '' })

  const countAddress = async (request: FastifyRequest): Promise<void> =>
    count(request, 'address', await checkAddress(request), perAddress)
  const countThen = callbackify(countAddress)

  app.addHook('onRequest', (request, _reply, done) => {
    const { route, isUnlimited } = request.routeOptions.config
    if (route !== undefined || isUnlimited) done()
    else countThen(request, done)
  })
  app.decorate('countFailedKey', countAddress)
  app.decorate('countKey', async (request: FastifyRequest, keyId: string) => {
    keyIds.set(request, keyId)
    count(request, 'key', await checkKey(request), perKey)
  })
}

type Check = Awaited<ReturnType<ReturnType<FastifyInstance['createRateLimit']>>>

function count(request: FastifyRequest, name: string, limit: Check, quota: number): void {
  if (limit.isAllowed) return
  const resetSeconds = limit.ttlInSeconds
  request.shownLimits.push({ name, quota, windowSeconds: 1, remaining: limit.remaining, resetSeconds })
  if (limit.isExceeded) throw rateLimited(name, resetSeconds)
}

/** An address of IPv6 is one of many that its owner has: the first half of it is counted. */
export function addressOf({ ip }: FastifyRequest): string {
  if (!ip.includes(':') || ip.includes('.')) return ip
  const [head = '', tail = ''] = ip.split('::')
  const parts = head.split(':').filter((part) => part !== '')
  const missing = ip.includes('::') ? 8 - parts.length - tail.split(':').filter((part) => part !== '').length : 0
  return [...parts, ...Array.from({ length: missing }, () => '0')].slice(0, 4).join(':')
}
