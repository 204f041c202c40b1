import { Answer, answerOnce } from '../../http/answer.js'
import { Page } from '../../http/schemas.js'
import { route } from '../../route.js'
import { changeUser } from './change-user.js'
import { eraseUser } from './erase-user.js'
import { UserErasure, UserExport, UserExportQuery } from './erasure-schemas.js'
import { exportUser } from './export-user.js'
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
    errors: ['conflict', 'limit_reached'],
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
  route({
    operation: 'eraseUser',
    scope: 'users:write',
    shows: 'users:read',
    method: 'DELETE',
    url: '/v1/users/:user_id',
    tag,
    summary: 'Erase a person',
    description:
      'All chats are disconnected now. Within a minute everything that is held about the person is removed: connections, content, deliveries, events. That somebody was erased stays, and neither who nor what. Asking again tells how far it is.',
    params: UserParams,
    responses: { 202: UserErasure },
    errors: ['not_found'],
    handler: ({ scope, params }) => answerOnce(scope, (scope) => eraseUser(scope, params.user_id), { status: 202 }),
  }),
  route({
    operation: 'exportUser',
    gate: 'searches',
    scope: 'users:read',
    method: 'GET',
    url: '/v1/users/:user_id/export',
    tag,
    summary: 'Get everything that is held about a person',
    params: UserParams,
    query: UserExportQuery,
    responses: { 200: UserExport },
    errors: ['not_found'],
    handler: ({ scope, params, query }) => exportUser(scope, params.user_id, query.before),
  }),
]
