import type { LookupAddress } from 'node:dns'
import type { LookupFunction } from 'node:net'
import { callbackify } from 'node:util'
import type { AddressRules } from '@tellwire/domain'
import { Agent } from 'undici'
import { createNameResolver, type ResolveName } from './resolve-name.js'

/** A host is not connected to, since an address that its name leads to is not public. */
export class AddressRefused extends Error {
  override readonly name = 'AddressRefused'
}

const connectTimeoutMs = 5_000
const answerTimeoutMs = 15_000
const idleForMs = 10_000

/**
 * Connects to public addresses only. A name is resolved once for each connection, and if any address that it leads to is
 * not public, none is connected to; those that were looked at are those that are connected to.
 */
export function createGuardedAgent(rules: AddressRules, resolve: ResolveName = createNameResolver(rules)): Agent {
  const findPublic = async (hostname: string): Promise<[LookupAddress, ...LookupAddress[]]> => {
    const [first, ...others] = await resolve(hostname)
    if (!first || [first, ...others].some(({ address }) => rules.isRefusedIp(address))) {
      throw new AddressRefused('the address is not public')
    }
    return [first, ...others]
  }
  const findAll = callbackify(findPublic)
  const guarded: LookupFunction = (hostname, options, callback) => {
    findAll(hostname, (error, found) => {
      if (error) return callback(error, [])
      return options.all ? callback(null, found) : callback(null, found[0].address, found[0].family)
    })
  }
  return new Agent({
    connect: { lookup: guarded, timeout: connectTimeoutMs },
    headersTimeout: answerTimeoutMs,
    bodyTimeout: answerTimeoutMs,
    keepAliveTimeout: idleForMs,
    keepAliveMaxTimeout: idleForMs,
    maxHeaderSize: 16_384,
  })
}

/** Names are looked at when they are resolved; an address that stands in the URL itself is looked at here. */
export function findAddressFault(rules: AddressRules, url: string): string | undefined {
  const fault = rules.findFault(url)
  if (fault !== undefined) return fault
  const { protocol, hostname } = new URL(url)
  const host = hostname.replace(/^\[|\]$/g, '')
  return protocol === 'https:' || rules.isAllowedHost(host) ? undefined : 'must begin with https://'
}
