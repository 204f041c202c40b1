import { Answer } from '../../http/answer.js'
import { route } from '../../route.js'
import { listEvents } from './list-events.js'
import { Event, EventListQuery, EventPage, EventStreamHeaders, EventStreamQuery } from './schemas.js'
import { streamEvents } from './stream-events.js'

const tag = 'events'

export const eventRoutes = [
  route({
    operation: 'listEvents',
    scope: 'events:read',
    method: 'GET',
    url: '/v1/events',
    tag,
    summary: 'Read events in order',
    description:
      'Nothing is ever passed over, and every reader sees the same order. Ask again with `next_cursor` for what came since.',
    query: EventListQuery,
    responses: { 200: EventPage },
    isWrittenAsMade: true,
    errors: ['cursor_stale'],
    handler: ({ scope, query }) => listEvents(scope, query),
  }),
  route({
    operation: 'streamEvents',
    scope: 'events:read',
    method: 'GET',
    url: '/v1/events/stream',
    tag,
    summary: 'Follow events as they happen',
    description:
      'Server-sent events: `id` is the cursor, `event` the type, `data` the event as JSON. An `id` without data comes when the stream has caught up, and every 15 seconds. After a break go on with `Last-Event-ID`.',
    query: EventStreamQuery,
    headers: EventStreamHeaders,
    responses: { 200: Event },
    answers: 'text/event-stream',
    gate: 'none',
    errors: ['cursor_stale', 'too_many_at_once'],
    handler: async ({ scope, query, headers, signal }) => {
      const stream = await streamEvents(scope, query, { lastEventId: headers['last-event-id'], signal: signal() })
      return new Answer(200, stream, { 'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no' })
    },
  }),
]
