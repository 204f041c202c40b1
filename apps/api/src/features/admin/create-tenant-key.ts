import type { InTransaction } from '@tellwire/db'
import { type AdminScope, issueApiKey } from '@tellwire/domain'
import { ApiError, notFound } from '../../errors.js'
import type { NewKey } from './schemas.js'
import { showKey } from './show.js'

/** Issues a key. The result holds the key itself, for the only time. */
export async function createTenantKey({ db }: InTransaction<AdminScope>, tenantId: string, input: NewKey) {
  const expiresAt = input.expires_at === undefined ? undefined : new Date(input.expires_at)
  if (expiresAt && expiresAt <= new Date()) {
    throw new ApiError('invalid_request', 'The key would have expired already.', {
      errors: [{ pointer: '/expires_at', code: 'too_small', detail: 'must be in the future' }],
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
  return { ...showKey(stored), key }
}
