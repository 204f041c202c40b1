import Type, { type Static } from 'typebox'
import { ShownId } from '../../http/ids.js'
import { pageQuery, Timestamp, TopicName, UserId } from '../../http/schemas.js'

export const Topic = Type.Object(
  {
    id: ShownId('top', 'The id of the topic.'),
    topic: Type.String({ description: 'Your own name of the topic.' }),
    subscribers: Type.Integer({ description: 'How many users are subscribed.' }),
    created_at: Timestamp('When the first user was subscribed.'),
  },
  { $id: 'Topic', description: 'An audience that users are subscribed to.' },
)

export const Subscriber = Type.Object(
  {
    user_id: Type.String({ description: 'Your own id of the user.' }),
    subscribed_at: Timestamp('Since when.'),
  },
  { $id: 'Subscriber', description: 'A user who is subscribed to a topic.' },
)

export const TopicParams = Type.Object({ topic: TopicName })
export const SubscriberParams = Type.Object({ topic: TopicName, user_id: UserId })

export const NewSubscribers = Type.Object(
  {
    user_ids: Type.Array(UserId, {
      minItems: 1,
      maxItems: 1_000,
      uniqueItems: true,
      description: 'The users; those that are not known yet are created.',
    }),
  },
  { $id: 'NewSubscribers', additionalProperties: false, examples: [{ user_ids: ['u_42', 'u_43'] }] },
)

export const SubscribedMany = Type.Object(
  { subscribed: Type.Integer({ description: 'How many were not subscribed before.' }) },
  { $id: 'SubscribedMany' },
)

export const TopicListQuery = Type.Object(pageQuery, { additionalProperties: false })
export type TopicListQuery = Static<typeof TopicListQuery>
