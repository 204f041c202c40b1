import { auditActions } from '@tellwire/domain'
import Type, { type Static } from 'typebox'
import { Day } from '../http/days.js'
import { GivenId, ShownId } from '../http/ids.js'
import { JsonObject, Literals, Nullable, pageQuery, Timestamp } from '../http/schemas.js'

export const actorTypes = ['api_key', 'admin_key', 'person', 'system'] as const

export const AuditEntry = Type.Object(
  {
    id: ShownId('aud', 'The entry.'),
    tenant_id: Nullable(ShownId('ten', 'Whose audit it is.'), {
      description: "Whose audit it is; null for the service's own.",
    }),
    sequence: Nullable(Type.Integer(), {
      description: 'Its place in the chain; null for a moment after it was written.',
    }),
    hash: Nullable(Type.String(), { description: 'Follows from the entry, and from the hash of the one before.' }),
    action: Literals(auditActions, { description: 'What was done.' }),
    actor: Type.Object(
      {
        type: Literals(actorTypes, { description: 'Who did it: a key, a person in a chat, or the service itself.' }),
        id: Nullable(Type.String(), {
          description: "The key, Telegram's id of the person, or the part of the service.",
        }),
      },
      { $id: 'AuditActor', description: 'Who did it.' },
    ),
    object: Nullable(
      Type.Object(
        {
          type: Type.String({ description: 'Such as `bot`.' }),
          id: Nullable(Type.String(), { description: 'Its id.' }),
        },
        { $id: 'AuditObject', description: 'What was changed.' },
      ),
      { description: 'What was changed.' },
    ),
    address: Nullable(Type.String(), { description: 'The address that the request came from.' }),
    request_id: Nullable(Type.String(), { description: 'The request.' }),
    before: Nullable(JsonObject('What it was.'), { description: 'What it was.' }),
    after: Nullable(JsonObject('What it became.'), { description: 'What it became.' }),
    is_erased: Type.Boolean({ description: 'What it said of a person was taken out.' }),
    created_at: Timestamp('When it was done.'),
  },
  { $id: 'AuditEntry', description: 'Who changed what.' },
)
export type AuditEntryView = Static<typeof AuditEntry>

const filter = {
  action: Type.Optional(Literals(auditActions, { description: 'Only what was done like that.' })),
}
export const AuditListQuery = Type.Object({ ...pageQuery, ...filter }, { additionalProperties: false })
export type AuditListQuery = Static<typeof AuditListQuery>

const tenant = Type.Optional(GivenId('ten', 'The tenant. Default: all, and the service itself.'))
export const AdminAuditListQuery = Type.Object(
  { ...pageQuery, ...filter, tenant_id: tenant },
  { additionalProperties: false },
)
const days = {
  from: Type.Optional(Day('The first day (UTC). Default: as far back as there is anything.')),
  to: Type.Optional(Day('The last day (UTC). Default: today.')),
}
export const AuditExportQuery = Type.Object({ ...filter, ...days }, { additionalProperties: false })
export type AuditExportQuery = Static<typeof AuditExportQuery>
export const AdminAuditExportQuery = Type.Object(
  { ...filter, ...days, tenant_id: tenant },
  { additionalProperties: false },
)
export const AuditLines = Type.Unsafe<string>({
  $id: 'AuditLines',
  type: 'string',
  description: 'A line of JSON for each entry, which is an `AuditEntry`, the oldest first.',
})

const known = {
  sequence: Type.Optional(
    Type.Integer({ minimum: 1, description: 'The place of a `head` that was told before, with its `hash`.' }),
  ),
  hash: Type.Optional(
    Type.String({ maxLength: 100, description: 'The hash of that place: it has to be there still.' }),
  ),
}
export const AuditVerifyQuery = Type.Object(known, { additionalProperties: false })
export const AdminAuditQuery = Type.Object({ tenant_id: tenant, ...known }, { additionalProperties: false })
export type KnownHead = Static<typeof AuditVerifyQuery>

export const AuditVerdict = Type.Object(
  {
    is_intact: Type.Boolean({ description: 'Nothing was changed, removed or put in another place.' }),
    fault: Nullable(
      Type.Object(
        {
          kind: Literals(['missing', 'changed', 'cut_off'], {
            description:
              '`missing`: an entry is gone. `changed`: one is not as it was, or not in its place. `cut_off`: the end is gone.',
          }),
          tenant_id: Nullable(ShownId('ten', 'Whose.'), { description: "Whose; null for the service's own." }),
          sequence: Type.Integer({ description: 'Its place in the chain.' }),
        },
        { $id: 'AuditFault', description: 'The first thing that is wrong.' },
      ),
      { description: 'The first thing that is wrong; null where nothing is.' },
    ),
    verified: Type.Integer({ description: 'Entries that were found right.' }),
    erased: Type.Integer({ description: 'Those of them of which what they said of a person was taken out.' }),
    unsealed: Type.Integer({ description: 'Entries that have no place in the chain yet.' }),
    head: Nullable(
      Type.Object(
        {
          sequence: Type.Integer({ description: 'The place.' }),
          hash: Type.String({ description: 'Its hash, which follows from all before.' }),
        },
        { $id: 'AuditHead', description: 'The end of a chain.' },
      ),
      {
        description:
          'The last place of the chain; null where several were looked at. Keep it elsewhere and give it the next time: then nobody can put the whole audit back unnoticed.',
      },
    ),
  },
  { $id: 'AuditVerdict', description: 'Whether the audit is as it was written.' },
)
export type AuditVerdictView = Static<typeof AuditVerdict>
