import type { FastifyPluginAsync } from 'fastify'
import { type ProblemCode, notFound, problems } from '../../errors.js'

/** What the `type` of a problem document leads to. */
export const problemRoutes: FastifyPluginAsync = async (app) => {
  app.get<{ Params: { code: string } }>('/problems/:code', async (request) => {
    const { code } = request.params
    if (!Object.hasOwn(problems, code)) throw notFound('problem')
    const { status, title, isRetryable } = problems[code as ProblemCode]
    return { code, status, title, retryable: isRetryable }
  })
}
