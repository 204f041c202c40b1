import { Answer } from '../../http/answer.js'
import { route } from '../../route.js'
import { readUsage, toCsv } from '../../usage/read-usage.js'
import { Usage, UsageCsv, UsageQuery } from '../../usage/schemas.js'

const tag = 'account'

export const usageRoutes = [
  route({
    operation: 'getUsage',
    scope: 'usage:read',
    method: 'GET',
    url: '/v1/usage',
    tag,
    summary: 'See what you used, by day and type of event',
    description: 'It is summed up as it happens, a second or two behind.',
    query: UsageQuery,
    responses: { 200: Usage },
    handler: async ({ scope, query }) => {
      const { from, to, data } = await readUsage(scope, scope.tenantId, query)
      return { from, to, data: data.map(({ period, counts }) => ({ period, counts })) }
    },
  }),
  route({
    operation: 'getUsageCsv',
    scope: 'usage:read',
    method: 'GET',
    url: '/v1/usage.csv',
    tag,
    summary: 'Get what you used as CSV',
    query: UsageQuery,
    responses: { 200: UsageCsv },
    answers: 'text/csv',
    handler: async ({ scope, query }) => csvOf(toCsv(await readUsage(scope, scope.tenantId, query))),
  }),
]

function csvOf(csv: string): Answer<string> {
  return new Answer(200, csv, {
    'content-type': 'text/csv; charset=utf-8',
    'content-disposition': 'attachment; filename="usage.csv"',
  })
}
