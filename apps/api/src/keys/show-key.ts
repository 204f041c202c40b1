import type { Prisma } from '@tellwire/db'
import { showId } from '../http/ids.js'
import type { KeyView } from './schemas.js'

export function showKey(key: Prisma.ApiKeyGetPayload<object>): KeyView {
  return {
    id: showId('key', key.id),
    name: key.name,
    hint: key.tokenHint,
    scopes: key.scopes,
    mode: key.mode === 'test' ? 'test' : 'live',
    networks: key.networks,
    expires_at: key.expiresAt?.toISOString() ?? null,
    revoked_at: key.revokedAt?.toISOString() ?? null,
    last_used_at: key.lastUsedAt?.toISOString() ?? null,
    created_at: key.createdAt.toISOString(),
  }
}
