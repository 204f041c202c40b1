import { eventCatalogue } from '@tellwire/domain'
import Type, { type Static } from 'typebox'
import { ShownId } from '../../http/ids.js'
import { JsonObject, Timestamp } from '../../http/schemas.js'

export const Event = Type.Object(
  {
    id: ShownId('evt', 'The id of the event.'),
    type: Type.String({
      description: `Its type: ${Object.keys(eventCatalogue)
        .map((type) => `\`${type}\``)
        .join(', ')}.`,
    }),
    sequence: Type.String({
      description: 'Orders your events: of two, the one with the smaller text comes first, for every reader.',
      examples: ['00000000000003e8-0192f3a000007000800000000000000a'],
    }),
    created_at: Timestamp('When it happened.'),
    tenant_id: ShownId('ten', 'Whose it is.'),
    api_version: Type.String({ description: 'The version of the shape of its data.', examples: ['2026-11-29'] }),
    data: JsonObject('What happened, by type.'),
  },
  { $id: 'Event', description: 'Something that happened.' },
)

export const EventPage = Type.Object(
  {
    data: Type.Array(Event, { description: 'The events, oldest first.' }),
    next_cursor: Type.String({ description: 'The place after them, for `after`; also where nothing is new.' }),
    has_more: Type.Boolean({
      description:
        'Whether there may be more at once. Of many events of other types so many are looked through for one answer, so that it may be empty and there is more.',
    }),
  },
  { $id: 'EventPage', description: 'Events in order.' },
)

const types = Type.Optional(
  Type.String({
    maxLength: 1_000,
    pattern: '^[a-z_]+\\.([a-z_]+|\\*)(,[a-z_]+\\.([a-z_]+|\\*))*$',
    'x-form': 'must be types of events with commas between them, such as user.connected,notification.*',
    description: 'Only events of these types; `notification.*` is all of a family.',
    examples: ['user.connected,notification.*'],
  }),
)

const after = (description: string) =>
  Type.Optional(
    Type.String({
      maxLength: 300,
      pattern: '^[A-Za-z0-9_-]+$',
      'x-form': 'must be "start", "now" or the next_cursor of an answer',
      description,
      examples: ['start'],
    }),
  )

export const EventListQuery = Type.Object(
  {
    after: after('Where to begin: `start`, `now`, or the `next_cursor` of an answer. From the start without it.'),
    type: types,
    limit: Type.Integer({ minimum: 1, maximum: 1_000, default: 100, description: 'How many to answer at most.' }),
  },
  { additionalProperties: false },
)
export type EventListQuery = Static<typeof EventListQuery>

export const EventStreamQuery = Type.Object(
  {
    after: after(
      'Where to begin: `start`, `now`, or a cursor. `Last-Event-ID` goes before it; from now on without both.',
    ),
    type: types,
  },
  { additionalProperties: false },
)
export type EventStreamQuery = Static<typeof EventStreamQuery>

export const EventStreamHeaders = Type.Object({
  'last-event-id': Type.Optional(
    Type.String({
      maxLength: 300,
      description: 'The `id` of the last event that was taken: the stream goes on after it.',
    }),
  ),
})
