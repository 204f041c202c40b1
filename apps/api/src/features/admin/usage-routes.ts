import { Answer } from '../../http/answer.js'
import { adminRoute } from '../../route.js'
import { readUsage, toCsv } from '../../usage/read-usage.js'
import { AdminUsageQuery, AllUsage, UsageCsv } from '../../usage/schemas.js'
import { readTenantId } from './read-tenant-id.js'

export const adminUsageRoutes = [
  adminRoute({
    operation: 'getAllUsage',
    method: 'GET',
    url: '/admin/v1/usage',
    summary: 'See what tenants used, by day and type of event',
    description: 'It is summed up as it happens, a second or two behind.',
    query: AdminUsageQuery,
    responses: { 200: AllUsage },
    handler: ({ scope, query }) => readUsage(scope, readTenantId(query.tenant_id), query),
  }),
  adminRoute({
    operation: 'getAllUsageCsv',
    method: 'GET',
    url: '/admin/v1/usage.csv',
    summary: 'Get what tenants used as CSV',
    query: AdminUsageQuery,
    responses: { 200: UsageCsv },
    answers: 'text/csv',
    handler: async ({ scope, query }) => {
      const csv = toCsv(await readUsage(scope, readTenantId(query.tenant_id), query))
      return new Answer(200, csv, { 'content-type': 'text/csv; charset=utf-8' })
    },
  }),
]
