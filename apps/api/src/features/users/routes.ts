import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Page } from '../../http/schemas.js'
import { getUser } from './get-user.js'
import { listUsers } from './list-users.js'
import { putUser } from './put-user.js'
import { User, UserInput, UserListQuery, UserParams } from './schemas.js'

const tags = ['users']

export const userRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '',
    {
      config: { scope: 'users:read' },
      schema: { tags, summary: 'List users', querystring: UserListQuery, response: { 200: Page(User) } },
    },
    async (request) => listUsers(request.tenant, request.query),
  )

  app.get(
    '/:user_id',
    {
      config: { scope: 'users:read' },
      schema: { tags, summary: 'Look at a user', params: UserParams, response: { 200: User } },
    },
    async (request) => getUser(request.tenant, request.params.user_id),
  )

  app.put(
    '/:user_id',
    {
      config: { scope: 'users:write' },
      schema: {
        tags,
        summary: 'Create a user or change its attributes',
        params: UserParams,
        body: UserInput,
        response: { 200: User, 201: User },
      },
    },
    async (request, reply) => {
      const { isNew, user } = await putUser(request.tenant, request.params.user_id, request.body)
      return reply.code(isNew ? 201 : 200).send(user)
    },
  )
}
