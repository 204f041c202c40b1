import { type Prisma, readWord } from '@tellwire/db'
import { chatSharings, readLimits } from '@tellwire/domain'
import { showId } from '../../http/ids.js'
import { type KeyView, type TenantView } from './schemas.js'

export function showTenant(tenant: Prisma.TenantGetPayload<object>): TenantView {
  return {
    id: showId('ten', tenant.id),
    name: tenant.name,
    status: tenant.suspendedAt === null ? 'active' : 'suspended',
    chat_sharing: readWord(chatSharings, tenant.chatSharing),
    weight: tenant.weight,
    redirect_hosts: tenant.redirectHosts,
    limits: readLimits(tenant.limits),
    created_at: tenant.createdAt.toISOString(),
  }
}

export function showKey(key: Prisma.ApiKeyGetPayload<object>): KeyView {
  return {
    id: showId('key', key.id),
    name: key.name,
    hint: key.tokenHint,
    scopes: key.scopes,
    mode: key.mode === 'test' ? 'test' : 'live',
    expires_at: key.expiresAt?.toISOString() ?? null,
    revoked_at: key.revokedAt?.toISOString() ?? null,
    created_at: key.createdAt.toISOString(),
  }
}
