import type { InTransaction } from '@tellwire/db'
import { type AdminScope, isNetwork, issueApiKey, recordAudit } from '@tellwire/domain'
import { ApiError } from '../errors.js'
import type { NewKey } from './schemas.js'
import { showKey } from './show-key.js'

/** Issues a key of a tenant. The result holds the key itself, for the only time. @throws `invalid_request` */
export async function issueKey(scope: InTransaction<AdminScope>, tenantId: string, input: NewKey) {
  const { db } = scope
  assertNetworks(input.networks)
  const { name, scopes, mode, networks } = input
  const { id, key } = await issueApiKey(db, {
    tenantId,
    name,
    scopes,
    mode,
    networks,
    expiresAt: readExpiry(input.expires_at),
  })
  const view = showKey(await db.apiKey.findUniqueOrThrow({ where: { tenantId_id: { tenantId, id } } }))
  await recordAudit(scope, { tenantId, action: 'key.issued', object: { type: 'key', id: view.id }, after: view })
  return { ...view, key }
}

/** @throws `invalid_request` for a time that is over. */
export function readExpiry(given: string | undefined): Date | undefined {
  const expiresAt = given === undefined ? undefined : new Date(given)
  if (!expiresAt || expiresAt > new Date()) return expiresAt
  throw new ApiError('invalid_request', 'The key would have expired already.', {
    errors: [{ pointer: '/expires_at', code: 'too_small', detail: 'must be in the future' }],
  })
}

/** @throws `invalid_request` */
export function assertNetworks(networks: readonly string[] = []): void {
  const errors = networks.flatMap((network, index) =>
    isNetwork(network)
      ? []
      : [
          {
            pointer: `/networks/${index}`,
            code: 'wrong_form',
            detail: 'must be an address, or a network such as 203.0.113.0/24',
          },
        ],
  )
  if (errors.length > 0) throw new ApiError('invalid_request', 'A network cannot be read.', { errors })
}
