import Type from 'typebox'
import { answerOnce } from '../../http/answer.js'
import { GivenId, IdParams, readId } from '../../http/ids.js'
import { Page } from '../../http/schemas.js'
import { findKey } from '../../keys/find-key.js'
import { issueKey } from '../../keys/issue-key.js'
import { listKeys } from '../../keys/list-keys.js'
import { revokeKey } from '../../keys/revoke-key.js'
import { rotateKey } from '../../keys/rotate-key.js'
import { IssuedKey, Key, KeyListQuery, KeyRotation, NewKey } from '../../keys/schemas.js'
import { adminRoute, Empty } from '../../route.js'
import { changeTenant } from './change-tenant.js'
import { createTenant } from './create-tenant.js'
import { deleteTenant, undeleteTenant } from './delete-tenant.js'
import { listReports } from './list-reports.js'
import { listTenants } from './list-tenants.js'
import { listUpdates } from './list-updates.js'
import { retryUpdate } from './retry-update.js'
import { findTenant, lockLiveTenant } from './find-tenant.js'
import { AdminListQuery, NewTenant, Tenant, TenantChange, TenantListQuery } from './schemas.js'
import { Report, UpdateListQuery, UpdateParams, WaitingUpdate } from './update-schemas.js'
import { showTenant } from './show.js'
import { resumeTenant, suspendTenant } from './suspend-tenant.js'

const params = IdParams('ten', 'tenant')
const idOf = ({ id }: { id: string }): string => readId('ten', id, 'tenant')

const keyParams = Type.Object({ ...params.properties, key_id: GivenId('key', 'The id of the key.') })
const keyOf = ({ key_id: id }: { key_id: string }): string => readId('key', id, 'key')

export const adminRoutes = [
  adminRoute({
    operation: 'createTenant',
    method: 'POST',
    url: '/admin/v1/tenants',
    summary: 'Create a tenant',
    body: NewTenant,
    responses: { 201: Tenant },
    isIdempotent: true,
    handler: ({ scope, body }) => answerOnce(scope, (scope) => createTenant(scope, body), { status: 201 }),
  }),
  adminRoute({
    operation: 'listTenants',
    method: 'GET',
    url: '/admin/v1/tenants',
    summary: 'List tenants, oldest first',
    query: TenantListQuery,
    responses: { 200: Page('TenantPage', Tenant) },
    handler: ({ scope, query }) => listTenants(scope, query),
  }),
  adminRoute({
    operation: 'getTenant',
    method: 'GET',
    url: '/admin/v1/tenants/:id',
    summary: 'Look at a tenant',
    params,
    responses: { 200: Tenant },
    handler: async ({ scope, params }) => showTenant(await findTenant(scope, idOf(params))),
  }),
  adminRoute({
    operation: 'deleteTenant',
    method: 'DELETE',
    url: '/admin/v1/tenants/:id',
    summary: 'Delete a tenant',
    description:
      'Within a second its keys are let in no more. It can be brought back for seven days; then everything that is its own is removed, and the audit tells how much.',
    params,
    responses: { 200: Tenant },
    handler: ({ scope, params }) => answerOnce(scope, (scope) => deleteTenant(scope, idOf(params)), { status: 200 }),
  }),
  adminRoute({
    operation: 'undeleteTenant',
    method: 'POST',
    url: '/admin/v1/tenants/:id/undelete',
    summary: 'Bring a deleted tenant back',
    params,
    responses: { 200: Tenant },
    isIdempotent: true,
    errors: ['conflict'],
    handler: ({ scope, params }) => answerOnce(scope, (scope) => undeleteTenant(scope, idOf(params)), { status: 200 }),
  }),
  adminRoute({
    operation: 'changeTenant',
    method: 'PATCH',
    url: '/admin/v1/tenants/:id',
    summary: 'Change a tenant',
    params,
    body: TenantChange,
    responses: { 200: Tenant },
    errors: ['conflict'],
    handler: ({ scope, params, body }) => changeTenant(scope, idOf(params), body),
  }),
  adminRoute({
    operation: 'suspendTenant',
    method: 'POST',
    url: '/admin/v1/tenants/:id/suspend',
    summary: 'Suspend a tenant',
    description: 'Within a second its keys are let in no more, and what it has accepted waits. Nothing is dropped.',
    params,
    responses: { 200: Tenant },
    isIdempotent: true,
    errors: ['conflict'],
    handler: ({ scope, params }) => answerOnce(scope, (scope) => suspendTenant(scope, idOf(params)), { status: 200 }),
  }),
  adminRoute({
    operation: 'resumeTenant',
    method: 'POST',
    url: '/admin/v1/tenants/:id/resume',
    summary: 'Let a suspended tenant go on',
    params,
    responses: { 200: Tenant },
    isIdempotent: true,
    errors: ['conflict'],
    handler: ({ scope, params }) => answerOnce(scope, (scope) => resumeTenant(scope, idOf(params)), { status: 200 }),
  }),
  adminRoute({
    operation: 'revokeTenantKey',
    method: 'DELETE',
    url: '/admin/v1/tenants/:id/keys/:key_id',
    summary: 'Revoke an API key',
    description: 'Within a second it is let in no more.',
    params: keyParams,
    responses: { 204: Empty },
    handler: ({ scope, params }) =>
      revokeKey(scope, { tenantId: idOf(params), keyId: keyOf(params), pointer: '/key_id' }),
  }),
  adminRoute({
    operation: 'issueTenantKey',
    method: 'POST',
    url: '/admin/v1/tenants/:id/keys',
    summary: 'Issue an API key',
    params,
    body: NewKey,
    responses: { 201: IssuedKey },
    isIdempotent: true,
    errors: ['conflict'],
    handler: ({ scope, params, body }) =>
      answerOnce(
        scope,
        async (scope) => {
          const { id } = await lockLiveTenant(scope, idOf(params))
          return issueKey(scope, id, body)
        },
        { status: 201, isSecret: true },
      ),
  }),
  adminRoute({
    operation: 'rotateTenantKey',
    method: 'POST',
    url: '/admin/v1/tenants/:id/keys/:key_id/rotate',
    summary: 'Replace an API key',
    description: 'The new one can do the same; the old one is let in for as long as they overlap.',
    params: keyParams,
    body: KeyRotation,
    isBodyOptional: true,
    responses: { 201: IssuedKey },
    isIdempotent: true,
    errors: ['conflict'],
    handler: ({ scope, params, body }) =>
      answerOnce(
        scope,
        async (scope) => {
          await lockLiveTenant(scope, idOf(params))
          const key = await findKey(scope, { tenantId: idOf(params), keyId: keyOf(params), pointer: '/key_id' })
          return rotateKey(scope, key, body.overlap)
        },
        { status: 201, isSecret: true },
      ),
  }),
  adminRoute({
    operation: 'listUpdates',
    method: 'GET',
    url: '/admin/v1/updates',
    summary: 'List updates of bots that could not be handled',
    query: UpdateListQuery,
    responses: { 200: Page('UpdatePage', WaitingUpdate) },
    handler: ({ scope, query }) => listUpdates(scope, query),
  }),
  adminRoute({
    operation: 'retryUpdate',
    method: 'POST',
    url: '/admin/v1/updates/:bot_id/:update_id/retry',
    summary: 'Handle an update again',
    description: 'It is tried at once, and as often as a new one.',
    params: UpdateParams,
    responses: { 200: WaitingUpdate },
    isIdempotent: true,
    handler: ({ scope, params }) => answerOnce(scope, (scope) => retryUpdate(scope, params), { status: 200 }),
  }),
  adminRoute({
    operation: 'listReports',
    method: 'GET',
    url: '/admin/v1/reports',
    summary: 'List complaints of people about tenants, newest first',
    query: AdminListQuery,
    responses: { 200: Page('ReportPage', Report) },
    handler: ({ scope, query }) => listReports(scope, query),
  }),
  adminRoute({
    operation: 'listTenantKeys',
    method: 'GET',
    url: '/admin/v1/tenants/:id/keys',
    summary: "List a tenant's keys, oldest first",
    params,
    query: KeyListQuery,
    responses: { 200: Page('KeyPage', Key) },
    handler: async ({ scope, params, query }) => {
      const { id } = await findTenant(scope, idOf(params))
      return listKeys(scope, id, query)
    },
  }),
]
