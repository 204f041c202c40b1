import type { Transaction } from '@tellwire/db'
import { issueApiKey } from '@tellwire/domain'
import { ApiError, notFound } from '../../errors.js'
import type { Answer } from '../../plugins/idempotency.js'
import type { NewKey } from './schemas.js'
import { showKey } from './show.js'

/** The answer holds the key itself, for the only time. */
export async function createTenantKey(db: Transaction, tenantId: string, input: NewKey): Promise<Answer> {
  const expiresAt = input.expires_at === undefined ? undefined : new Date(input.expires_at)
  if (expiresAt && expiresAt <= new Date()) {
    throw new ApiError('invalid_request', 'The key would have expired already.', {
      errors: [{ pointer: '/expires_at', code: 'past', detail: 'must be in the future' }],
    })
  }
  if (!(await db.tenant.findUnique({ where: { id: tenantId }, select: { id: true } }))) throw notFound('tenant', '/id')

  const { id, key } = await issueApiKey(db, {
    tenantId,
    name: input.name,
    scopes: input.scopes,
    mode: input.mode,
    expiresAt,
  })
  const stored = await db.apiKey.findUniqueOrThrow({ where: { tenantId_id: { tenantId, id } } })
  return { status: 201, body: { ...showKey(stored), key } }
}
