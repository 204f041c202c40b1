import { lookup, Resolver } from 'node:dns/promises'
import type { LookupAddress } from 'node:dns'
import type { AddressRules } from '@tellwire/domain'

/** Resolves a name to all of its addresses. @throws {NameNotResolved} */
export type ResolveName = (name: string) => Promise<LookupAddress[]>

/** A name leads nowhere, or no nameserver says where. */
export class NameNotResolved extends Error {
  override readonly name = 'NameNotResolved'
}

/** The second try waits for twice as long. */
const [timeoutMs, tries] = [1_500, 2]
/** A name that was not found is not asked for again for so long, however many requests want it. */
const failedForMs = 5_000
const failedMax = 10_000
/** A name that has no address of a kind is not one that could not be resolved. */
const noneOfKind = ['ENODATA', 'ENOTFOUND']
/** Another nameserver may know more than one that answers so. */
const unhelpful = ['ESERVFAIL', 'EREFUSED']

type Asked = Pick<Resolver, 'resolve4' | 'resolve6' | 'getServers' | 'setServers'>

/**
 * Resolves names of hosts that tenants chose. A name is asked for once at a time, and not again for a moment where it was not
 * found. The system's own way of resolving would have a few threads for all names of the process: one nameserver that does
 * not answer would keep Telegram's and the database's names waiting too. It is left to hosts that the operator allows.
 * @param openResolver knows the nameservers of this moment, and waits for as long as it is told.
 */
export function createNameResolver(
  rules: Pick<AddressRules, 'isAllowedHost'>,
  openResolver: () => Asked = () => new Resolver({ timeout: timeoutMs, tries }),
): ResolveName {
  const asked = new Map<string, Promise<LookupAddress[]>>()

  async function ask(name: string): Promise<LookupAddress[]> {
    try {
      return rules.isAllowedHost(name) ? await lookup(name, { all: true }) : await resolve(openResolver, name)
    } catch (cause) {
      throw new NameNotResolved(`${name} could not be resolved`, { cause })
    }
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

async function resolve(openResolver: () => Asked, name: string): Promise<LookupAddress[]> {
  const kinds = await Promise.allSettled([
    ofKind(openResolver, name, { method: 'resolve4', family: 4 }),
    ofKind(openResolver, name, { method: 'resolve6', family: 6 }),
  ])
  const found = kinds.flatMap((kind) => (kind.status === 'fulfilled' ? kind.value : []))
  if (found.length > 0) return found
  throw kinds.find((kind) => kind.status === 'rejected')?.reason ?? new Error('it has no address')
}

async function ofKind(
  openResolver: () => Asked,
  name: string,
  { method, family }: { method: 'resolve4' | 'resolve6'; family: 4 | 6 },
): Promise<LookupAddress[]> {
  const servers = openResolver().getServers()
  for (const [index, server] of servers.entries()) {
    const resolver = openResolver()
    // The first time all of them, in their order; then each of those behind one that does not help.
    if (index > 0) resolver.setServers([server])
    try {
      return (await resolver[method](name)).map((address) => ({ address, family }))
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException
      if (noneOfKind.includes(code)) return []
      if (!unhelpful.includes(code) || index === servers.length - 1) throw error
    }
  }
  return []
}
