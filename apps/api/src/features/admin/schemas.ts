import { chatSharings, limitNames } from '@tellwire/domain'
import Type, { type Static } from 'typebox'
import { ShownId } from '../../http/ids.js'
import { Literals, Name, Nullable, pageQuery, Timestamp } from '../../http/schemas.js'

const chatSharing = Literals(chatSharings, {
  description: 'What happens when a chat that belongs to one user is connected to another.',
})

const weight = Type.Integer({
  minimum: 1,
  maximum: 100,
  description: "The tenant's share of a shared bot's rate, next to the others'.",
})

const days = (description: string) =>
  Type.Optional(Nullable(Type.Integer({ minimum: 1, maximum: 3_650 }), { description }))

const settings = {
  content_days: days(
    'For how many days what is said is kept, by you and by people; null for 30, and never longer than `metadata_days`. Partitions are a week, and go when all of it is older.',
  ),
  metadata_days: days('For how many days it is kept that it was said, to whom, and what became of it; null for 90.'),
  file_days: days(
    'For how many days a file is kept that nothing names any more: no message, no template that is stored; null for 90.',
  ),
  chat_sharing: Type.Optional(chatSharing),
  weight: Type.Optional(weight),
  redirect_hosts: Type.Optional(
    Type.Array(
      Type.String({
        maxLength: 253,
        pattern: '^(\\*\\.)?([a-z0-9]([a-z0-9-]*[a-z0-9])?\\.)*[a-z0-9]([a-z0-9-]*[a-z0-9])?$',
        'x-form': 'must be the name of a host in small letters, such as example.com or *.example.com',
      }),
      {
        maxItems: 100,
        uniqueItems: true,
        description: 'The hosts that a `redirect_url` of a connect link may lead to; none for any.',
      },
    ),
  ),
  limits: Type.Optional(
    Type.Object(
      Object.fromEntries(
        limitNames.map((name) => [
          name,
          Type.Optional(
            Nullable(Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }), {
              description: `How much of ${name.replaceAll('_', ' ')} there may be; null for as much as the tenant likes.`,
            }),
          ),
        ]),
      ),
      {
        $id: 'TenantLimits',
        additionalProperties: false,
        description: 'What is not named stays as it is. Processes see a change within a second.',
      },
    ),
  ),
}

export const NewTenant = Type.Object(
  { name: Name, ...settings },
  { $id: 'NewTenant', additionalProperties: false, examples: [{ name: 'Acme' }] },
)

export const TenantChange = Type.Object(
  { name: Type.Optional(Name), ...settings },
  { $id: 'TenantChange', additionalProperties: false, minProperties: 1, examples: [{ weight: 2 }] },
)
export type TenantChange = Static<typeof TenantChange>
export type NewTenant = Static<typeof NewTenant>

export const Tenant = Type.Object(
  {
    id: ShownId('ten', 'The id of the tenant.'),
    name: Type.String({ description: 'Its name, which people see when they connect.' }),
    status: Literals(['active', 'suspended', 'deleted', 'erased'], {
      description: 'Only an active one is let in and sends. `deleted`: it can be brought back for seven days.',
    }),
    chat_sharing: chatSharing,
    weight,
    redirect_hosts: Type.Array(Type.String(), {
      description: 'The hosts that a `redirect_url` may lead to; none for any.',
    }),
    content_days: Type.Integer({ description: 'For how many days what is said is kept.' }),
    metadata_days: Type.Integer({
      description: 'For how many days it is kept that it was said, to whom, and what became of it.',
    }),
    file_days: Type.Integer({ description: 'For how many days a file is kept that nothing names any more.' }),
    limits: Type.Record(Type.String(), Nullable(Type.Integer()), {
      description: 'How much the tenant may take; null without a limit.',
    }),
    created_at: Timestamp('When it was made.'),
    deleted_at: Nullable(Timestamp('A time.'), { description: 'When it was deleted.' }),
    erased_at: Nullable(Timestamp('A time.'), { description: 'When everything that was its own was removed.' }),
  },
  { $id: 'Tenant', description: 'One customer of the service.' },
)
export type TenantView = Static<typeof Tenant>

export const AdminListQuery = Type.Object(pageQuery, { additionalProperties: false })
export type AdminListQuery = Static<typeof AdminListQuery>

export const TenantListQuery = Type.Object(
  {
    ...pageQuery,
    q: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 100,
        pattern: '^[^\\p{Cc}\\p{Cs}]+$',
        'x-form': 'must have printable characters only',
        description: 'Only those whose name has this in it, in whatever case.',
      }),
    ),
  },
  { additionalProperties: false },
)
export type TenantListQuery = Static<typeof TenantListQuery>
