import Type, { type Static } from 'typebox'
import { ShownId } from '../../http/ids.js'
import { pageQuery, Timestamp, TopicName, UserId } from '../../http/schemas.js'

export const Topic = Type.Object({
  id: ShownId('top'),
  topic: Type.String(),
  subscribers: Type.Integer(),
  created_at: Timestamp,
})

export const Subscriber = Type.Object({ user_id: Type.String(), subscribed_at: Timestamp })

export const TopicParams = Type.Object({ topic: TopicName })
export const SubscriberParams = Type.Object({ topic: TopicName, user_id: UserId })

export const NewSubscribers = Type.Object(
  { user_ids: Type.Array(UserId, { minItems: 1, maxItems: 1_000, uniqueItems: true }) },
  { additionalProperties: false, examples: [{ user_ids: ['u_42', 'u_43'] }] },
)

export const SubscribedMany = Type.Object({
  subscribed: Type.Integer({ description: 'Those that were not subscribed before.' }),
})

export const TopicListQuery = Type.Object(pageQuery, { additionalProperties: false })
export type TopicListQuery = Static<typeof TopicListQuery>
