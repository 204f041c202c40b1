import type { InTransaction } from '@tellwire/db'
import type { TenantScope } from '@tellwire/domain'
import type { Needs } from '../../context.js'
import { refusal } from '../../errors.js'

/** @throws `redirect_refused` for an address that people are not led to, or that the tenant has not allowed. */
export async function assertRedirect(
  { db, tenantId, addresses }: InTransaction<TenantScope & Needs<'addresses'>>,
  url: string,
): Promise<void> {
  const fault = addresses.findFault(url)
  if (fault !== undefined) throw refused(fault)
  const { redirectHosts } = await db.tenant.findUniqueOrThrow({
    where: { id: tenantId },
    select: { redirectHosts: true },
  })
  const { hostname } = new URL(url)
  if (redirectHosts.length === 0 || redirectHosts.some((host) => isOf(host, hostname))) return
  throw refused('leads to a host that is not among those of the tenant')
}

/** `*.example.com` is every host below `example.com`. */
function isOf(host: string, hostname: string): boolean {
  return host.startsWith('*.') ? hostname.endsWith(host.slice(1)) : hostname === host
}

function refused(detail: string) {
  return refusal('redirect_refused', `The redirect_url ${detail}.`, { pointer: '/redirect_url', detail })
}
