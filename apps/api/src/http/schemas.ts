import Type, { type TSchema } from 'typebox'

export const Timestamp = (description: string) =>
  Type.String({ format: 'date-time', description, examples: ['2026-11-21T18:00:00.000Z'] })

export const Nullable = <Schema extends TSchema>(schema: Schema, options: { description?: string } = {}) =>
  Type.Union([schema, Type.Null()], options)

/** One of several words. */
export const Literals = <const Values extends readonly string[]>(
  values: Values,
  options: Record<string, unknown> = {},
) => Type.Unsafe<Values[number]>({ type: 'string', enum: values, ...options })

/** What something is called. */
export const Name = Type.String({
  minLength: 1,
  maxLength: 100,
  pattern: '\\S',
  'x-form': 'must have a character that is not a space',
  description: 'A name for people.',
})

/** A field that must be given or is nothing: what a name of the tenant's may look like. */
const ownName = {
  minLength: 1,
  maxLength: 128,
  pattern: '^[^\\p{Cc}\\p{Cs}]+$',
  not: { enum: ['.', '..'] },
  'x-form': 'must have 1 to 128 printable characters, and be neither "." nor ".."',
}

/** The tenant's own name for one of its users. */
export const UserId = Type.String({ ...ownName, description: 'Your own id of the user.', examples: ['u_42'] })

/** The tenant's own name for a topic. */
export const TopicName = Type.String({ ...ownName, description: 'Your own name of the topic.', examples: ['releases'] })

export const Metadata = Type.Record(Type.String(), Type.Unknown(), {
  'x-max-json-bytes': 4096,
  description: 'Any JSON object up to 4 KiB. It is kept and shown again.',
})

/** Any JSON object in an answer. */
export const JsonObject = (description: string) => Type.Record(Type.String(), Type.Unknown(), { description })

/** BCP 47, as far as its form goes. */
export const Locale = Type.String({
  format: 'locale',
  maxLength: 35,
  description: 'A language tag (BCP 47). It is normalised: `DE-at` becomes `de-AT`.',
  examples: ['de-AT'],
})

export const Timezone = Type.String({
  format: 'iana-timezone',
  maxLength: 64,
  description: 'A time zone (IANA). It is normalised: `europe/vienna` becomes `Europe/Vienna`.',
  examples: ['Europe/Vienna'],
})

export const pageQuery = {
  limit: Type.Integer({ minimum: 1, maximum: 100, default: 20, description: 'How many to answer at most.' }),
  cursor: Type.Optional(
    Type.String({ maxLength: 1000, description: 'The `next_cursor` of the page before, with the same filter.' }),
  ),
}

/** Under this key a request can be repeated: only the first one is carried out. */
export const IdempotencyKey = Type.String({
  minLength: 1,
  maxLength: 255,
  description:
    'Your own name for this request, such as `order-8812`. For 24 hours the same request with the same key is answered with the first answer.',
  examples: ['order-8812'],
})

/** A page of a list. `name` names it in the reference. */
export const Page = <Schema extends TSchema>(name: string, item: Schema) =>
  Type.Object(
    {
      data: Type.Array(item, { description: 'The items of this page.' }),
      next_cursor: Nullable(Type.String(), { description: 'Where the next page begins; null on the last one.' }),
    },
    { $id: name, description: 'A page of a list.' },
  )

export const FieldProblem = Type.Object(
  {
    pointer: Type.String({
      description: 'A JSON pointer into the body, or `/name` of a query, path or header parameter.',
    }),
    code: Type.String({ description: 'What is wrong: stable, snake_case.' }),
    detail: Type.String({ description: 'The same for people, without its subject, which is the field.' }),
    offset: Type.Optional(Type.Integer({ description: 'Of a mistake in a text: where it is, in characters.' })),
    context: Type.Optional(Type.String({ description: 'Of a mistake in a text: what stands around it.' })),
  },
  { $id: 'FieldProblem', description: 'What is wrong with one field.' },
)

export const Problem = Type.Object(
  {
    type: Type.String({ format: 'uri', description: 'A page about this code.' }),
    title: Type.String({ description: 'What the code means.' }),
    status: Type.Integer({ description: 'The HTTP status.' }),
    detail: Type.String({ description: 'What happened this time.' }),
    instance: Type.String({ description: 'The path that was asked for.' }),
    code: Type.String({ description: 'What happened: stable, snake_case.' }),
    request_id: Type.String({ description: 'Under which the request is in the log.' }),
    retryable: Type.Boolean({ description: 'Whether the same request can succeed later.' }),
    errors: Type.Optional(Type.Array(FieldProblem, { description: 'The fields that are in the way.' })),
  },
  { $id: 'Problem', description: 'A problem document (RFC 9457).' },
)
