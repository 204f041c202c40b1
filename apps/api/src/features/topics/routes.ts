import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import Type from 'typebox'
import { Page } from '../../http/schemas.js'
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

const tags = ['topics']

export const topicRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '',
    {
      config: { scope: 'topics:read' },
      schema: { tags, summary: 'List topics', querystring: TopicListQuery, response: { 200: Page(Topic) } },
    },
    async (request) => listTopics(request.tenant, request.query),
  )

  app.get(
    '/:topic/subscribers',
    {
      config: { scope: 'topics:read' },
      schema: {
        tags,
        summary: "List a topic's subscribers",
        params: TopicParams,
        querystring: TopicListQuery,
        response: { 200: Page(Subscriber) },
      },
    },
    async (request) => listSubscribers(request.tenant, request.params.topic, request.query),
  )

  app.post(
    '/:topic/subscribers',
    {
      config: { scope: 'topics:write' },
      schema: {
        tags,
        summary: 'Subscribe up to 1000 users',
        params: TopicParams,
        body: NewSubscribers,
        response: { 200: SubscribedMany },
      },
    },
    async (request) => ({
      subscribed: await subscribeUsers(request.tenant, request.params.topic, request.body.user_ids),
    }),
  )

  app.put(
    '/:topic/subscribers/:user_id',
    {
      config: { scope: 'topics:write' },
      schema: {
        tags,
        summary: 'Subscribe a user to a topic',
        params: SubscriberParams,
        response: { 204: Type.Null(), 201: Type.Null() },
      },
    },
    async (request, reply) => {
      const subscribed = await subscribeUsers(request.tenant, request.params.topic, [request.params.user_id])
      return reply.code(subscribed === 1 ? 201 : 204).send(null)
    },
  )

  app.delete(
    '/:topic/subscribers/:user_id',
    {
      config: { scope: 'topics:write' },
      schema: {
        tags,
        summary: 'Unsubscribe a user from a topic',
        params: SubscriberParams,
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      await unsubscribeUser(request.tenant, request.params.topic, request.params.user_id)
      return reply.code(204).send(null)
    },
  )
}
