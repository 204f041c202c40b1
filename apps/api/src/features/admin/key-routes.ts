import { answerOnce } from '../../http/answer.js'
import { IdParams, readId } from '../../http/ids.js'
import { Page } from '../../http/schemas.js'
import { KeyRotation } from '../../keys/schemas.js'
import { adminRoute, Empty } from '../../route.js'
import { createAdminKey, listAdminKeys, revokeAdminKey, rotateAdminKey } from './admin-keys.js'
import { AdminKey, IssuedAdminKey, NewAdminKey } from './key-schemas.js'
import { AdminListQuery } from './schemas.js'

const adminScope = 'everything'

export const adminKeyRoutes = [
  adminRoute({
    operation: 'issueAdminKey',
    adminScope,
    method: 'POST',
    url: '/admin/v1/keys',
    summary: 'Issue a key for admins',
    body: NewAdminKey,
    responses: { 201: IssuedAdminKey },
    isIdempotent: true,
    handler: ({ scope, body }) =>
      answerOnce(scope, (scope) => createAdminKey(scope, body), { status: 201, isSecret: true }),
  }),
  adminRoute({
    operation: 'listAdminKeys',
    method: 'GET',
    url: '/admin/v1/keys',
    summary: 'List the keys of admins, oldest first',
    query: AdminListQuery,
    responses: { 200: Page('AdminKeyPage', AdminKey) },
    handler: ({ scope, query }) => listAdminKeys(scope, query),
  }),
  adminRoute({
    operation: 'rotateAdminKey',
    adminScope,
    method: 'POST',
    url: '/admin/v1/keys/:id/rotate',
    summary: 'Replace a key of admins',
    description: 'The new one can do the same; the old one is let in for as long as they overlap.',
    params: IdParams('key', 'key'),
    body: KeyRotation,
    isBodyOptional: true,
    responses: { 201: IssuedAdminKey },
    isIdempotent: true,
    errors: ['conflict'],
    handler: ({ scope, params, body }) =>
      answerOnce(scope, (scope) => rotateAdminKey(scope, readId('key', params.id, 'key'), body.overlap), {
        status: 201,
        isSecret: true,
      }),
  }),
  adminRoute({
    operation: 'revokeAdminKey',
    adminScope,
    method: 'DELETE',
    url: '/admin/v1/keys/:id',
    summary: 'Revoke a key of admins',
    params: IdParams('key', 'key'),
    responses: { 204: Empty },
    handler: ({ scope, params }) => revokeAdminKey(scope, readId('key', params.id, 'key')),
  }),
]
