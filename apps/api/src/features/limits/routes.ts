import { route } from '../../route.js'
import { getLimits } from './get-limits.js'
import { Limits } from './schemas.js'

export const limitRoutes = [
  route({
    operation: 'getLimits',
    scope: 'any',
    method: 'GET',
    url: '/v1/limits',
    tag: 'account',
    summary: 'See how much you may send and have, and how much of it is left',
    description:
      'What the service has set aside in advance for a part of itself counts as used, so that a little less than the rest may be shown.',
    responses: { 200: Limits },
    handler: ({ scope }) => getLimits(scope),
  }),
]
