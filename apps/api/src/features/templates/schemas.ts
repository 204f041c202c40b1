import Type, { type Static } from 'typebox'
import { GivenId, ShownId } from '../../http/ids.js'
import { Literals, Locale, Nullable, pageQuery, Timestamp } from '../../http/schemas.js'
import { formats, Text } from '../../messages/schemas.js'

const content = {
  format: Literals(formats, { default: 'markdown' }),
  default_locale: Type.Optional(Locale),
  texts: Type.Record(Locale, Text, {
    minProperties: 1,
    maxProperties: 50,
    description: 'By language, in Mustache: `{{name}}` is escaped for the format, `{{{name}}}` is not.',
  }),
  schema: Type.Optional(
    Type.Record(Type.String(), Type.Unknown(), {
      'x-max-json-bytes': 16_384,
      description: 'JSON Schema (draft 7) of the variables, without `pattern`.',
    }),
  ),
  strict: Type.Boolean({
    default: false,
    description: 'A variable that is not given is an error, rather than nothing.',
  }),
  publish: Type.Boolean({ default: false, description: 'Publish this version at once.' }),
}

export const NewTemplate = Type.Object(
  { name: Type.String({ minLength: 1, maxLength: 128 }), ...content },
  {
    additionalProperties: false,
    examples: [
      {
        name: 'shipped',
        default_locale: 'en',
        texts: { en: 'Your order **{{order}}** has shipped.', de: 'Deine Bestellung **{{order}}** ist unterwegs.' },
        publish: true,
      },
    ],
  },
)
export type NewTemplate = Static<typeof NewTemplate>

export const NewVersion = Type.Object(
  { name: Type.Optional(Type.String({ minLength: 1, maxLength: 128 })), ...content },
  { additionalProperties: false },
)
export type NewVersion = Static<typeof NewVersion>

export const VersionChoice = Type.Object(
  { version: Type.Optional(Type.Integer({ minimum: 1 })) },
  { additionalProperties: false },
)

const Version = Type.Object({
  version: Type.Integer(),
  format: Type.String(),
  default_locale: Type.String(),
  texts: Type.Record(Type.String(), Type.String()),
  schema: Nullable(Type.Record(Type.String(), Type.Unknown())),
  strict: Type.Boolean(),
  created_at: Timestamp,
})

const summary = {
  id: ShownId('tpl'),
  name: Type.String(),
  latest_version: Type.Integer(),
  published_version: Nullable(Type.Integer()),
  created_at: Timestamp,
  updated_at: Timestamp,
}
export const TemplateSummary = Type.Object(summary)
export const Template = Type.Object({
  ...summary,
  versions: Type.Array(Version, { description: 'Newest first, up to 100.' }),
})

export const TemplateParams = Type.Object({ id: GivenId })
export const TemplateListQuery = Type.Object(pageQuery, { additionalProperties: false })
export type TemplateListQuery = Static<typeof TemplateListQuery>
