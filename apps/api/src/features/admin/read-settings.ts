import { readObject, toJsonColumn } from '@tellwire/db'
import type { TenantChange } from './schemas.js'

/** The columns of a tenant's settings that are given. @param limits what is stored of its limits. */
export function readSettings(
  { chat_sharing: chatSharing, weight, redirect_hosts: redirectHosts, limits: change }: Omit<TenantChange, 'name'>,
  limits: unknown,
) {
  return {
    ...(chatSharing === undefined ? {} : { chatSharing }),
    ...(weight === undefined ? {} : { weight }),
    ...(redirectHosts === undefined ? {} : { redirectHosts }),
    ...(change === undefined ? {} : { limits: toJsonColumn({ ...readObject(limits), ...change }) }),
  }
}
