import { readObject, toJsonColumn } from '@tellwire/db'
import type { TenantChange } from './schemas.js'

/** The columns of a tenant's settings that are given. @param limits what is stored of its limits. */
export function readSettings(settings: Omit<TenantChange, 'name'>, limits: unknown) {
  const { chat_sharing: chatSharing, weight, redirect_hosts: redirectHosts, limits: change } = settings
  const { content_days: contentDays, metadata_days: metadataDays, file_days: fileDays } = settings
  return {
    ...(contentDays === undefined ? {} : { contentDays }),
    ...(metadataDays === undefined ? {} : { metadataDays }),
    ...(fileDays === undefined ? {} : { fileDays }),
    ...(chatSharing === undefined ? {} : { chatSharing }),
    ...(weight === undefined ? {} : { weight }),
    ...(redirectHosts === undefined ? {} : { redirectHosts }),
    ...(change === undefined ? {} : { limits: toJsonColumn({ ...readObject(limits), ...change }) }),
  }
}
