import Type, { type Static } from 'typebox'
import { Day } from '../http/days.js'
import { GivenId, ShownId } from '../http/ids.js'
import { Literals } from '../http/schemas.js'

const range = {
  from: Type.Optional(Day('The first day (UTC). Default: 30 days ago.')),
  to: Type.Optional(Day('The last day (UTC). Default: today.')),
  by: Literals(['day', 'month', 'total'], { default: 'day', description: 'What is summed up together.' }),
}

export const UsageQuery = Type.Object(range, { additionalProperties: false })
export const AdminUsageQuery = Type.Object(
  { ...range, tenant_id: Type.Optional(GivenId('ten', 'Only of this tenant.')) },
  { additionalProperties: false },
)
export type UsageQuery = Static<typeof AdminUsageQuery>

const counts = Type.Record(Type.String(), Type.Integer(), {
  description:
    'How often, by type of event: such as `notification.accepted`, `notification.sent` for each message that Telegram took, `message.received` or `question.answered`.',
})

const UsagePeriod = Type.Object(
  {
    period: Type.String({ description: 'The day, the month, or `total`.', examples: ['2026-11-28'] }),
    counts,
  },
  { $id: 'UsagePeriod', description: 'What was used in a time.' },
)

const TenantUsage = Type.Object(
  {
    tenant_id: ShownId('ten', 'Who used it.'),
    period: Type.String({ description: 'The day, the month, or `total`.', examples: ['2026-11-28'] }),
    counts,
  },
  { $id: 'TenantUsage', description: 'What a tenant used in a time.' },
)

export const Usage = Type.Object(
  {
    from: Day('The first day.'),
    to: Day('The last day.'),
    data: Type.Array(UsagePeriod, { description: 'The oldest first.' }),
  },
  { $id: 'Usage', description: 'What was used, in times in which anything was.' },
)
export type UsageView = Static<typeof Usage>

export const AllUsage = Type.Object(
  {
    from: Day('The first day.'),
    to: Day('The last day.'),
    data: Type.Array(TenantUsage, { description: 'By tenant, the oldest first.' }),
  },
  { $id: 'AllUsage', description: 'What all tenants used, in times in which anything was.' },
)
export type AllUsageView = Static<typeof AllUsage>

export const UsageCsv = Type.Unsafe<string>({
  $id: 'UsageCsv',
  type: 'string',
  description: 'The same as CSV: a row for each time and type.',
})
