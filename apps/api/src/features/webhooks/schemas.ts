import Type, { type Static } from 'typebox'
import { GivenId, IdParams, ShownId } from '../../http/ids.js'
import { JsonObject, Literals, Nullable, pageQuery, Timestamp } from '../../http/schemas.js'

const typePattern = '^[a-z_]+\\.([a-z_]+|\\*)$'

const url = Type.String({
  maxLength: 2_000,
  pattern: '^[hH][tT][tT][pP][sS]?://[^\\s]+$',
  'x-form': 'must be an https address',
  description: 'Where events are sent to, by POST.',
  examples: ['https://app.example.com/tellwire'],
})
const types = Type.Array(
  Type.String({
    maxLength: 60,
    pattern: typePattern,
    'x-form': 'must be a type of events, such as user.connected or notification.*',
  }),
  {
    maxItems: 50,
    uniqueItems: true,
    description: 'Only events of these types; `notification.*` is all of a family. All without any.',
  },
)
const description = Nullable(Type.String({ maxLength: 200 }), { description: 'For people.' })
const headers = Type.Record(
  Type.String({ pattern: '^[A-Za-z0-9-]{1,64}$' }),
  Type.String({ maxLength: 1_000, pattern: '^[\\t\\x20-\\x7e\\x80-\\xff]*$' }),
  {
    additionalProperties: false,
    maxProperties: 20,
    'x-max-json-bytes': 8_192,
    description: 'Headers of your own, such as `Authorization`. They are never shown again.',
  },
)
const concurrency = Type.Integer({ minimum: 1, maximum: 50, description: 'How many requests are under way at a time.' })
const rate = Nullable(Type.Integer({ minimum: 1, maximum: 1_000 }), {
  description: 'Most requests a second; null for as many as go.',
})

export const NewWebhook = Type.Object(
  {
    url,
    types: Type.Unsafe<Static<typeof types>>({ ...types, default: [] }),
    description: Type.Optional(description),
    headers: Type.Optional(headers),
    concurrency: Type.Unsafe<number>({ ...concurrency, default: 10 }),
    rate: Type.Optional(rate),
  },
  { $id: 'NewWebhook', additionalProperties: false, examples: [{ url: 'https://app.example.com/tellwire' }] },
)
export type NewWebhook = Static<typeof NewWebhook>

export const WebhookChange = Type.Partial(
  Type.Object({
    url,
    types,
    description,
    headers,
    concurrency,
    rate,
    disabled: Type.Boolean({
      description: 'False lets a webhook that was disabled go on; what it missed is sent by a replay.',
    }),
  }),
  { $id: 'WebhookChange', additionalProperties: false, minProperties: 1, examples: [{ disabled: false }] },
)
export type WebhookChange = Static<typeof WebhookChange>

const fields = {
  id: ShownId('whk', 'The id of the webhook.'),
  url: Type.String({ description: 'Where events are sent to.' }),
  types: Type.Array(Type.String(), { description: 'The types of events that are sent; all without any.' }),
  description: Nullable(Type.String(), { description: 'For people.' }),
  header_names: Type.Array(Type.String(), { description: 'The headers of your own.' }),
  concurrency: Type.Integer({ description: 'How many requests are under way at a time.' }),
  rate: Nullable(Type.Integer(), { description: 'Most requests a second.' }),
  status: Literals(['active', 'failing', 'disabled'], {
    description: '`failing`: the last requests were not taken. After five days of that it is `disabled`.',
  }),
  disabled_reason: Nullable(Type.String(), {
    description: '`gone`: it answered 410; `failing`; `asked`: you disabled it.',
  }),
  failing_since: Nullable(Timestamp('A time.'), { description: 'Since when nothing was taken.' }),
  last_error: Nullable(Type.String(), { description: 'Why a request failed last.' }),
  last_success_at: Nullable(Timestamp('A time.'), { description: 'When an event was taken last.' }),
  created_at: Timestamp('When it was made.'),
}

export const WebhookSummary = Type.Object(fields, { $id: 'WebhookSummary', description: 'Where events are sent to.' })
export type WebhookSummaryView = Static<typeof WebhookSummary>

export const Webhook = Type.Object(
  {
    ...fields,
    pending: Type.Integer({
      description:
        'Events that have waited for more than a second, and those that are to be sent again; counted up to 10,000.',
    }),
    last_day: Type.Object(
      {
        attempts: Type.Integer({ description: 'Requests.' }),
        success_rate: Nullable(Type.Number(), { description: 'The share of them that were taken; null without any.' }),
        latency_p95_ms: Nullable(Type.Integer(), { description: 'In how many milliseconds 95 % were answered.' }),
      },
      { $id: 'WebhookDay', description: 'How it went in the last 24 hours.' },
    ),
  },
  { $id: 'Webhook', description: 'Where events are sent to, and how that goes.' },
)
export type WebhookView = Static<typeof Webhook>

export const IssuedWebhook = Type.Object(
  {
    ...fields,
    secret: Type.String({ description: 'Requests are signed with it (Standard Webhooks). It is shown only once.' }),
  },
  { $id: 'IssuedWebhook', description: 'A webhook with a new secret.' },
)

export const WebhookTest = Type.Object(
  { event_id: ShownId('evt', 'The event that is sent.') },
  { $id: 'WebhookTest', description: 'A test that was begun: look at the attempts for what became of it.' },
)

export const NewReplay = Type.Object(
  {
    since: Type.Optional(Timestamp('Events since then are sent once more, up to 30 days back.')),
    event_id: Type.Optional(GivenId('evt', 'The one event that is sent once more.')),
    cursor: Type.Optional(
      Type.String({
        maxLength: 300,
        pattern: '^[A-Za-z0-9_-]+$',
        'x-form': 'must be the next_cursor of an answer',
        description: 'The rest of a replay, from the `next_cursor` of its answer on.',
      }),
    ),
    missing_only: Type.Boolean({ default: false, description: 'Only events that were never taken.' }),
  },
  {
    $id: 'NewWebhookReplay',
    additionalProperties: false,
    minProperties: 1,
    examples: [{ since: '2026-11-21T18:00:00.000Z', missing_only: true }],
  },
)
export type NewReplay = Static<typeof NewReplay>

export const Replay = Type.Object(
  {
    count: Type.Integer({ description: 'How many events are sent once more.' }),
    is_complete: Type.Boolean({
      description: 'False where there may be more: after 100,000, or where very many were looked through for them.',
    }),
    next_cursor: Nullable(Type.String(), {
      description: 'The `cursor` with which to ask for the rest, when these are sent; null where it is complete.',
    }),
  },
  { $id: 'WebhookReplay', description: 'Events that are sent once more.' },
)

/** The body of requests to webhooks. */
export const WebhookMessage = Type.Object(
  {
    id: ShownId('evt', 'The id of the event: the same at every attempt.'),
    timestamp: Timestamp('When it happened.'),
    type: Type.String({ description: 'Its type.' }),
    sequence: Type.String({ description: 'Orders your events: of two, the one with the smaller text comes first.' }),
    tenant_id: ShownId('ten', 'Whose it is.'),
    api_version: Type.String({ description: 'The version of the shape of its data.', examples: ['2026-11-29'] }),
    data: JsonObject('What happened, by type.'),
  },
  { $id: 'WebhookMessage', description: 'What a webhook is sent (Standard Webhooks).' },
)

export const Attempt = Type.Object(
  {
    id: ShownId('att', 'The id of the attempt.'),
    event_id: ShownId('evt', 'The event.'),
    event_type: Type.String({ description: 'Its type.' }),
    attempt: Type.Integer({ description: 'Which one for the event, from 1.' }),
    request: Type.Object(
      {
        url: Nullable(Type.String(), {
          description: 'Where it went: the URL that the webhook had. Null for one from before that was kept.',
        }),
        body: Nullable(WebhookMessage, {
          description:
            'What it carried, without what was erased since. Null where the event is kept no longer, for one from before that was known, and for a key without `events:read`.',
        }),
      },
      { $id: 'WebhookRequest', description: 'What was sent. Its header `webhook-id` is the id of the event.' },
    ),
    outcome: Literals(['taken', 'failed', 'given_up'], {
      description: 'A failed one is tried again; one that is given up is not.',
    }),
    status: Nullable(Type.Integer(), { description: 'The HTTP status that was answered.' }),
    failure: Nullable(Type.String(), {
      description:
        'Why nothing was answered: `address_refused`, `dns`, `refused`, `reset`, `tls`, `timeout` or `network`.',
    }),
    latency_ms: Type.Integer({ description: 'How long it took, in milliseconds.' }),
    answer: Nullable(Type.String(), { description: 'The first 4 KB of the answer.' }),
    created_at: Timestamp('When it was.'),
  },
  { $id: 'WebhookAttempt', description: 'A request to a webhook. Attempts are kept for 30 days.' },
)
export type AttemptView = Static<typeof Attempt>

export const WebhookListQuery = Type.Object(pageQuery, { additionalProperties: false })
export type WebhookListQuery = Static<typeof WebhookListQuery>

export const webhookParams = IdParams('whk', 'webhook')
