import { inTransaction } from '@tellwire/db'
import { Answer, answerOnce } from '../../http/answer.js'
import { Page } from '../../http/schemas.js'
import { Empty, route } from '../../route.js'
import { deleteTopic } from './delete-topic.js'
import { listSubscribers } from './list-subscribers.js'
import { listTopics } from './list-topics.js'
import {
  NewSubscribers,
  SubscribedMany,
  Subscriber,
  SubscriberParams,
  Topic,
  TopicListQuery,
  TopicParams,
} from './schemas.js'
import { subscribeUsers } from './subscribe-users.js'
import { unsubscribeUser } from './unsubscribe-user.js'

const tag = 'topics'

export const topicRoutes = [
  route({
    operation: 'listTopics',
    scope: 'topics:read',
    method: 'GET',
    url: '/v1/topics',
    tag,
    summary: 'List topics, in the order of their names',
    query: TopicListQuery,
    responses: { 200: Page('TopicPage', Topic) },
    handler: ({ scope, query }) => listTopics(scope, query),
  }),
  route({
    operation: 'deleteTopic',
    scope: 'topics:write',
    method: 'DELETE',
    url: '/v1/topics/:topic',
    tag,
    summary: 'Delete a topic with its subscriptions',
    description:
      'The users stay, and so does what was sent. A notification to the topic that is not expanded yet reaches nobody more; what waits in a lane still goes out.',
    params: TopicParams,
    responses: { 204: Empty },
    errors: ['not_found'],
    handler: ({ scope, params }) => deleteTopic(scope, params.topic),
  }),
  route({
    operation: 'listSubscribers',
    scope: 'topics:read',
    method: 'GET',
    url: '/v1/topics/:topic/subscribers',
    tag,
    summary: "List a topic's subscribers, in the order of their ids",
    params: TopicParams,
    query: TopicListQuery,
    responses: { 200: Page('SubscriberPage', Subscriber) },
    errors: ['not_found'],
    handler: ({ scope, params, query }) => listSubscribers(scope, params.topic, query),
  }),
  route({
    operation: 'subscribeUsers',
    scope: 'topics:write',
    method: 'POST',
    url: '/v1/topics/:topic/subscribers',
    tag,
    summary: 'Subscribe up to 1000 users',
    description: 'The topic and the users that do not exist yet are created.',
    params: TopicParams,
    body: NewSubscribers,
    responses: { 200: SubscribedMany },
    errors: ['conflict', 'limit_reached'],
    isIdempotent: true,
    handler: ({ scope, params, body }) =>
      answerOnce(scope, async (scope) => ({ subscribed: await subscribeUsers(scope, params.topic, body.user_ids) }), {
        status: 200,
      }),
  }),
  route({
    operation: 'subscribeUser',
    scope: 'topics:write',
    method: 'PUT',
    url: '/v1/topics/:topic/subscribers/:user_id',
    tag,
    summary: 'Subscribe a user to a topic',
    description: '201 where the user was not subscribed before.',
    params: SubscriberParams,
    responses: { 204: Empty, 201: Empty },
    errors: ['conflict', 'limit_reached'],
    handler: async ({ scope, params }) => {
      const subscribed = await inTransaction(scope, (scope) => subscribeUsers(scope, params.topic, [params.user_id]))
      return new Answer(subscribed === 1 ? 201 : 204, null)
    },
  }),
  route({
    operation: 'unsubscribeUser',
    scope: 'topics:write',
    method: 'DELETE',
    url: '/v1/topics/:topic/subscribers/:user_id',
    tag,
    summary: 'Unsubscribe a user from a topic',
    description: 'What a notification has already brought into a lane for the user still goes out.',
    params: SubscriberParams,
    responses: { 204: Empty },
    errors: ['not_found'],
    handler: ({ scope, params }) => unsubscribeUser(scope, params.topic, params.user_id),
  }),
]
