import { type Prisma, readWord, retentionDays } from '@tellwire/db'
import { chatSharings, readLimits } from '@tellwire/domain'
import { showId } from '../../http/ids.js'
import type { TenantView } from './schemas.js'

export function showTenant(tenant: Prisma.TenantGetPayload<object>): TenantView {
  return {
    id: showId('ten', tenant.id),
    name: tenant.name,
    status: statusOf(tenant),
    chat_sharing: readWord(chatSharings, tenant.chatSharing),
    weight: tenant.weight,
    content_days: tenant.contentDays ?? retentionDays.content,
    metadata_days: tenant.metadataDays ?? retentionDays.metadata,
    file_days: tenant.fileDays ?? retentionDays.file,
    redirect_hosts: tenant.redirectHosts,
    limits: readLimits(tenant.limits),
    created_at: tenant.createdAt.toISOString(),
    deleted_at: tenant.deletedAt?.toISOString() ?? null,
    erased_at: tenant.erasedAt?.toISOString() ?? null,
  }
}

function statusOf({ suspendedAt, deletedAt, erasedAt }: Prisma.TenantGetPayload<object>): TenantView['status'] {
  if (erasedAt !== null) return 'erased'
  if (deletedAt !== null) return 'deleted'
  return suspendedAt === null ? 'active' : 'suspended'
}
