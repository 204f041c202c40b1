import { newId, type Transaction } from '@tellwire/db'
import { generateKey, hashKey } from './key-format.js'

export const scopes = [
  'audit:read',
  'bots:read',
  'bots:write',
  'connections:read',
  'connections:write',
  'events:read',
  'files:read',
  'files:write',
  'inbox:read',
  'inbox:write',
  'keys:read',
  'keys:write',
  'links:read',
  'links:write',
  'notifications:read',
  'notifications:write',
  'questions:read',
  'questions:write',
  'templates:read',
  'templates:write',
  'topics:read',
  'topics:write',
  'usage:read',
  'users:read',
  'users:write',
  'webhooks:read',
  'webhooks:write',
] as const

export type Scope = (typeof scopes)[number]

export interface IssuedKey {
  id: string
  /** The key itself: this is the only time anyone sees it. */
  key: string
}

export async function issueApiKey(
  db: Transaction,
  input: {
    tenantId: string
    name: string
    scopes: readonly Scope[]
    mode?: 'live' | 'test'
    expiresAt?: Date | undefined
    /** Where it may come from, as CIDR; none for anywhere. */
    networks?: readonly string[] | undefined
  },
): Promise<IssuedKey> {
  const mode = input.mode ?? 'live'
  const key = generateKey(mode)
  const { id } = await db.apiKey.create({
    data: {
      id: newId(),
      tenantId: input.tenantId,
      name: input.name,
      scopes: [...input.scopes],
      mode,
      expiresAt: input.expiresAt ?? null,
      networks: [...(input.networks ?? [])],
      tokenHash: hashKey(key),
      tokenHint: key.slice(-4),
    },
    select: { id: true },
  })
  return { id, key }
}
