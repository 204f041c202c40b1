import Type, { type TSchema } from 'typebox'

export const Timestamp = Type.String({ format: 'date-time', examples: ['2026-11-21T18:00:00.000Z'] })

export const Nullable = <Schema extends TSchema>(schema: Schema) => Type.Union([schema, Type.Null()])

/** One of several words. */
export const Literals = <const Values extends readonly string[]>(
  values: Values,
  options: Record<string, unknown> = {},
) => Type.Unsafe<Values[number]>({ type: 'string', enum: values, ...options })

/** The tenant's own name for one of its users. */
export const UserId = Type.String({
  minLength: 1,
  maxLength: 128,
  pattern: '^(?!\\.{1,2}$)[^\\p{Cc}\\p{Cs}]+$',
  examples: ['u_42'],
})

/** The tenant's own name for a topic. */
export const TopicName = Type.String({
  minLength: 1,
  maxLength: 128,
  pattern: '^(?!\\.{1,2}$)[^\\p{Cc}\\p{Cs}]+$',
  examples: ['releases'],
})

export const Metadata = Type.Record(Type.String(), Type.Unknown(), {
  'x-max-json-bytes': 4096,
  description: 'Any JSON object up to 4 KiB.',
})

/** BCP 47, as far as its form goes. */
export const Locale = Type.String({
  pattern: '^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$',
  maxLength: 35,
  examples: ['de-AT'],
})

export const Timezone = Type.String({ format: 'iana-timezone', maxLength: 64, examples: ['Europe/Vienna'] })

export const pageQuery = {
  limit: Type.Integer({ minimum: 1, maximum: 100, default: 20 }),
  cursor: Type.Optional(Type.String({ maxLength: 1000 })),
}

export const Page = <Schema extends TSchema>(item: Schema) =>
  Type.Object({ data: Type.Array(item), next_cursor: Nullable(Type.String()) })

export const Problem = Type.Object(
  {
    type: Type.String({ format: 'uri' }),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String(),
    instance: Type.String(),
    code: Type.String(),
    request_id: Type.String(),
    retryable: Type.Boolean(),
    errors: Type.Optional(
      Type.Array(
        Type.Object({
          pointer: Type.String(),
          code: Type.String(),
          detail: Type.String(),
          offset: Type.Optional(Type.Integer({ description: 'Of a mistake in a text: where, in characters.' })),
          context: Type.Optional(Type.String({ description: 'What stands around it.' })),
        }),
      ),
    ),
  },
  { description: 'A problem document (RFC 9457).' },
)

export const idempotencyHeaders = Type.Object({
  'idempotency-key': Type.Optional(Type.String({ minLength: 1, maxLength: 255 })),
})
