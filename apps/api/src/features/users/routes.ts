import { Answer } from '../../http/answer.js'
import { Page } from '../../http/schemas.js'
import { route } from '../../route.js'
import { changeUser } from './change-user.js'
import { getUser } from './get-user.js'
import { listUsers } from './list-users.js'
import { putUser } from './put-user.js'
import { User, UserChange, UserInput, UserListQuery, UserParams } from './schemas.js'

const tag = 'users'

export const userRoutes = [
  route({
    operation: 'listUsers',
    gate: 'searches',
    scope: 'users:read',
    method: 'GET',
    url: '/v1/users',
    tag,
    summary: 'List users, in the order of their ids',
    query: UserListQuery,
    responses: { 200: Page('UserPage', User) },
    handler: ({ scope, query }) => listUsers(scope, query),
  }),
  route({
    operation: 'getUser',
    scope: 'users:read',
    method: 'GET',
    url: '/v1/users/:user_id',
    tag,
    summary: 'Look at a user',
    params: UserParams,
    responses: { 200: User },
    errors: ['not_found'],
    handler: ({ scope, params }) => getUser(scope, params.user_id),
  }),
  route({
    operation: 'putUser',
    shows: 'users:read',
    scope: 'users:write',
    method: 'PUT',
    url: '/v1/users/:user_id',
    tag,
    summary: 'Create a user, or replace all that is kept of one',
    description: 'What is left out is empty afterwards; PATCH merges instead. Connections stay.',
    params: UserParams,
    body: UserInput,
    responses: { 200: User, 201: User },
    errors: ['limit_reached'],
    handler: async ({ scope, params, body }) => {
      const { isNew, user } = await putUser(scope, params.user_id, body)
      return new Answer(isNew ? 201 : 200, user)
    },
  }),
  route({
    operation: 'changeUser',
    shows: 'users:read',
    scope: 'users:write',
    method: 'PATCH',
    url: '/v1/users/:user_id',
    tag,
    summary: 'Change something of a user',
    params: UserParams,
    body: UserChange,
    responses: { 200: User },
    errors: ['not_found'],
    handler: ({ scope, params, body }) => changeUser(scope, params.user_id, body),
  }),
]
