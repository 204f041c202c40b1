import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Services } from '../../context.js'
import { readId } from '../../http/ids.js'
import { idempotencyHeaders, Page } from '../../http/schemas.js'
import { runIdempotently } from '../../plugins/idempotency.js'
import { changeTenant } from './change-tenant.js'
import { createTenant } from './create-tenant.js'
import { createTenantKey } from './create-tenant-key.js'
import { listTenantKeys } from './list-tenant-keys.js'
import { listTenants } from './list-tenants.js'
import { AdminListQuery, IssuedKey, Key, NewKey, NewTenant, Tenant, TenantChange, TenantParams } from './schemas.js'

const tags = ['admin']

export function adminRoutes({ db, sealer }: Pick<Services, 'db' | 'sealer'>): FastifyPluginAsyncTypebox {
  const ctx = { db, sealer }
  return async (app) => {
    app.post(
      '/tenants',
      {
        schema: {
          tags,
          summary: 'Create a tenant',
          headers: idempotencyHeaders,
          body: NewTenant,
          response: { 201: Tenant },
        },
      },
      async (request, reply) => runIdempotently(ctx, request, reply, (ctx) => createTenant(ctx.db, request.body)),
    )

    app.get(
      '/tenants',
      { schema: { tags, summary: 'List tenants', querystring: AdminListQuery, response: { 200: Page(Tenant) } } },
      async (request) => listTenants(db, request.query),
    )

    app.patch(
      '/tenants/:id',
      {
        schema: {
          tags,
          summary: 'Change a tenant',
          params: TenantParams,
          body: TenantChange,
          response: { 200: Tenant },
        },
      },
      async (request) => changeTenant(db, readId('ten', request.params.id, 'tenant'), request.body),
    )

    app.post(
      '/tenants/:id/keys',
      {
        schema: {
          tags,
          summary: 'Issue an API key',
          params: TenantParams,
          headers: idempotencyHeaders,
          body: NewKey,
          response: { 201: IssuedKey },
        },
      },
      async (request, reply) => {
        const tenantId = readId('ten', request.params.id, 'tenant')
        return runIdempotently(ctx, request, reply, (ctx) => createTenantKey(ctx.db, tenantId, request.body), {
          isSecret: true,
        })
      },
    )

    app.get(
      '/tenants/:id/keys',
      {
        schema: {
          tags,
          summary: "List a tenant's keys",
          params: TenantParams,
          querystring: AdminListQuery,
          response: { 200: Page(Key) },
        },
      },
      async (request) => listTenantKeys(db, readId('ten', request.params.id, 'tenant'), request.query),
    )
  }
}
