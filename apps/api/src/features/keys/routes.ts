import type { InTransaction } from '@tellwire/db'
import type { TenantRequestScope } from '../../context.js'
import { answerOnce } from '../../http/answer.js'
import { IdParams, readId } from '../../http/ids.js'
import { Page } from '../../http/schemas.js'
import { findKey } from '../../keys/find-key.js'
import { issueKey } from '../../keys/issue-key.js'
import { listKeys } from '../../keys/list-keys.js'
import { revokeKey } from '../../keys/revoke-key.js'
import { rotateKey } from '../../keys/rotate-key.js'
import { IssuedKey, Key, KeyListQuery, KeyRotation, NewKey } from '../../keys/schemas.js'
import { Empty, route } from '../../route.js'
import { assertNotMore } from '../../keys/assert-not-more.js'

const tag = 'account'
const params = IdParams('key', 'key')
const idOf = ({ id }: { id: string }): string => readId('key', id, 'key')

export const keyRoutes = [
  route({
    operation: 'issueKey',
    scope: 'keys:write',
    method: 'POST',
    url: '/v1/keys',
    tag,
    summary: 'Issue a key',
    description: 'It can do no more than the key that asks for it: its scopes, its networks, and until when.',
    body: NewKey,
    responses: { 201: IssuedKey },
    isIdempotent: true,
    handler: ({ scope, body }) => {
      const { scopes, networks = [], expires_at: expiresAt } = body
      // Before an answer that was kept: who repeats a request may be a weaker key than who made it first.
      assertNotMore(scope, { scopes, networks, expiresAt: expiresAt === undefined ? null : new Date(expiresAt) })
      return answerOnce(scope, (scope) => issueKey(scope, scope.tenantId, body), { status: 201, isSecret: true })
    },
  }),
  route({
    operation: 'listKeys',
    scope: 'keys:read',
    method: 'GET',
    url: '/v1/keys',
    tag,
    summary: 'List your keys, oldest first',
    query: KeyListQuery,
    responses: { 200: Page('KeyPage', Key) },
    handler: ({ scope, query }) => listKeys(scope, scope.tenantId, query),
  }),
  route({
    operation: 'rotateKey',
    scope: 'keys:write',
    method: 'POST',
    url: '/v1/keys/:id/rotate',
    tag,
    summary: 'Replace a key',
    description: 'The new one can do the same; the old one is let in for as long as they overlap.',
    params,
    body: KeyRotation,
    isBodyOptional: true,
    responses: { 201: IssuedKey },
    isIdempotent: true,
    errors: ['conflict'],
    handler: async ({ scope, params, body }) => {
      const wanted = { tenantId: scope.tenantId, keyId: idOf(params), pointer: '/id' }
      assertNotMore(scope, await findKey(scope, wanted))
      const replace = async (scope: InTransaction<TenantRequestScope>) =>
        rotateKey(scope, await findKey(scope, wanted), body.overlap)
      const answer = await answerOnce(scope, replace, { status: 201, isSecret: true })
      // One that was made for an earlier request may last longer than the replaced one does by now.
      const { scopes, networks, expires_at: expiresAt } = answer.body
      assertNotMore(scope, { scopes, networks, expiresAt: expiresAt === null ? null : new Date(expiresAt) })
      return answer
    },
  }),
  route({
    operation: 'revokeKey',
    scope: 'keys:write',
    method: 'DELETE',
    url: '/v1/keys/:id',
    tag,
    summary: 'Revoke a key',
    description: 'Within a second it is let in no more.',
    params,
    responses: { 204: Empty },
    handler: ({ scope, params }) => revokeKey(scope, { tenantId: scope.tenantId, keyId: idOf(params), pointer: '/id' }),
  }),
]
