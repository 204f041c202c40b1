import { lookup, Resolver } from 'node:dns/promises'
import type { LookupAddress } from 'node:dns'
import type { AddressRules } from '@tellwire/domain'

/** Resolves a name to all of its addresses. */
export type ResolveName = (name: string) => Promise<LookupAddress[]>

/** The second try waits for twice as long. */
const [timeoutMs, tries] = [1_500, 2]
/** A name that was not found is not asked for again for so long, however many requests want it. */
const failedForMs = 5_000
const failedMax = 10_000

/**
 * Resolves names of hosts that tenants chose. A name is asked for once at a time, and not again for a moment where it was not
 * found. The system's own way of resolving would have a few threads for all names of the process: one nameserver that does
 * not answer would keep Telegram's and the database's names waiting too. It is left to hosts that the operator allows.
 */
export function createNameResolver(
  rules: Pick<AddressRules, 'isAllowedHost'>,
  resolver: Pick<Resolver, 'resolve4' | 'resolve6'> = new Resolver({ timeout: timeoutMs, tries }),
): ResolveName {
  const asked = new Map<string, Promise<LookupAddress[]>>()

  async function ask(name: string): Promise<LookupAddress[]> {
    if (rules.isAllowedHost(name)) return lookup(name, { all: true })
    const [ipv4, ipv6] = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)])
    if (ipv4.status === 'rejected' && ipv6.status === 'rejected') throw ipv4.reason
    return [
      ...(ipv4.status === 'fulfilled' ? ipv4.value.map((address) => ({ address, family: 4 })) : []),
      ...(ipv6.status === 'fulfilled' ? ipv6.value.map((address) => ({ address, family: 6 })) : []),
    ]
  }

  return (name) => {
    const known = asked.get(name)
    if (known) return known
    const asking = ask(name)
    asked.set(name, asking)
    asking.then(
      () => asked.delete(name),
      () => {
        if (asked.size > failedMax) asked.delete(name)
        else setTimeout(() => asked.delete(name), failedForMs).unref()
      },
    )
    return asking
  }
}
