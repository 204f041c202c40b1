import type { Prisma } from '@tellwire/db'
import { showId } from '../../http/ids.js'

export function showTenant(tenant: Prisma.TenantGetPayload<object>) {
  return {
    id: showId('ten', tenant.id),
    name: tenant.name,
    status: tenant.status as 'active' | 'suspended',
    chat_sharing: tenant.chatSharing as 'refuse' | 'move' | 'share',
    weight: tenant.weight,
    created_at: tenant.createdAt.toISOString(),
  }
}

export function showKey(key: Prisma.ApiKeyGetPayload<object>) {
  return {
    id: showId('key', key.id),
    name: key.name,
    hint: key.tokenHint,
    scopes: key.scopes,
    mode: key.mode as 'live' | 'test',
    expires_at: key.expiresAt?.toISOString() ?? null,
    revoked_at: key.revokedAt?.toISOString() ?? null,
    created_at: key.createdAt.toISOString(),
  }
}
