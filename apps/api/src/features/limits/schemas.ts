import { limitNames } from '@tellwire/domain'
import Type, { type Static } from 'typebox'
import { Nullable, Timestamp } from '../../http/schemas.js'

const Limit = Type.Object(
  {
    limit: Nullable(Type.Integer(), { description: 'How much there may be; null for as much as you like.' }),
    window_seconds: Nullable(Type.Integer(), {
      description: 'For how long it is counted; null where it is about what there is at a time.',
    }),
    remaining: Nullable(Type.Integer(), { description: 'How much is left; null where there is no limit.' }),
    resets_at: Nullable(Timestamp('A time.'), { description: 'When the window ends and counting begins anew.' }),
  },
  { $id: 'Limit', description: 'One limit, and how much of it is left.' },
)
export type Limit = Static<typeof Limit>

export const Limits = Type.Object(
  {
    limits: Type.Record(Type.String(), Limit, { description: `By name: ${limitNames.join(', ')}.` }),
  },
  { $id: 'Limits', description: 'The limits of a tenant.' },
)
export type Limits = Static<typeof Limits>
