import { deliveryStatuses } from '@tellwire/db'
import Type, { type Static } from 'typebox'
import { GivenId } from '../../http/ids.js'
import { Literals, pageQuery, Timestamp, UserId } from '../../http/schemas.js'
import { Reason } from '../../views/reason.js'

export const DeliveryListQuery = Type.Object(
  {
    ...pageQuery,
    status: Type.Optional(Literals(deliveryStatuses, { description: 'Only deliveries in this state.' })),
    reason: Type.Optional(Reason),
  },
  { additionalProperties: false },
)
export type DeliveryListQuery = Static<typeof DeliveryListQuery>

const ReplayFilter = Type.Object(
  {
    notification_id: Type.Optional(GivenId('ntf', 'Of this notification.')),
    delivery_id: Type.Optional(GivenId('dlv', 'This delivery alone.')),
    user_id: Type.Optional(UserId),
    reason: Type.Optional(Reason),
    after: Type.Optional(Timestamp('Accepted at this time or later.')),
    before: Type.Optional(Timestamp('Accepted before this time.')),
  },
  {
    additionalProperties: false,
    $id: 'ReplayFilter',
    minProperties: 1,
    description: 'Which failed deliveries; all of it has to fit.',
  },
)

export const Replay = Type.Object(
  {
    filter: ReplayFilter,
    dry_run: Type.Boolean({ default: false, description: 'Only count.' }),
  },
  {
    $id: 'Replay',
    additionalProperties: false,
    examples: [{ filter: { reason: 'telegram_unavailable' }, dry_run: true }],
  },
)
export type Replay = Static<typeof Replay>

export const ReplayResult = Type.Object(
  {
    matched: Type.Integer({ description: 'Failed deliveries that the filter fits, up to 100,000.' }),
    replayable: Type.Integer({ description: 'Those of them whose connection is active.' }),
    replayed: Type.Integer({ description: 'Those that were put back into their lanes; 0 in a dry run.' }),
    has_more: Type.Boolean({ description: 'Ask again for the rest.' }),
  },
  { $id: 'ReplayResult', description: 'What a replay has found and put back.' },
)
