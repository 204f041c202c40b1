import Type, { type Static } from 'typebox'
import { GivenId, ShownId } from '../../http/ids.js'
import { JsonObject, Literals, Locale, Nullable, pageQuery, Timestamp } from '../../http/schemas.js'
import { formats, Text } from '../../messages/schemas.js'

const content = {
  format: Literals(formats, { default: 'markdown', description: 'What the texts are written in, once rendered.' }),
  default_locale: Type.Optional(Locale),
  texts: Type.Record(Locale, Text, {
    minProperties: 1,
    maxProperties: 50,
    propertyNames: { format: 'locale', maxLength: 35 },
    'x-max-json-bytes': 262_144,
    description:
      'By language, in Mustache: `{{name}}` is escaped for the format, `{{{name}}}` is not. `{{time:name}}` shows a moment (RFC 3339, or seconds since 1970) to each reader in their own time; `{{time:name:wDT}}` as Telegram formats it: `r`, or `w`, `d` or `D`, `t` or `T`.',
  }),
  schema: Type.Optional(
    Type.Record(Type.String(), Type.Unknown(), {
      'x-max-json-bytes': 16_384,
      description:
        'JSON Schema of the variables, up to 6 levels and 200 parts, with `type`, `properties`, `required`, `additionalProperties`, `items`, `enum`, `const`, `format`, and bounds of numbers, lengths and counts.',
    }),
  ),
  strict: Type.Boolean({
    default: false,
    description: 'A variable that is not given is an error, rather than nothing.',
  }),
  publish: Type.Boolean({ default: false, description: 'Publish this version at once.' }),
}

const TemplateName = Type.String({ minLength: 1, maxLength: 128, description: 'Unique within your templates.' })

export const NewTemplate = Type.Object(
  { name: TemplateName, ...content },
  {
    $id: 'NewTemplate',
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
  { name: Type.Optional(TemplateName), ...content },
  {
    $id: 'NewTemplateVersion',
    additionalProperties: false,
    examples: [{ texts: { en: 'Your order **{{order}}** is on its way.' } }],
  },
)
export type NewVersion = Static<typeof NewVersion>

export const VersionChoice = Type.Object(
  { version: Type.Optional(Type.Integer({ minimum: 1, maximum: 2_147_483_647, description: 'Which version.' })) },
  { $id: 'VersionChoice', additionalProperties: false, examples: [{ version: 2 }] },
)

const versionFields = {
  version: Type.Integer({ description: 'Counted from 1.' }),
  format: Literals(formats, { description: 'What the texts are written in, once rendered.' }),
  default_locale: Type.String({ description: 'The language for whoever speaks none of the others.' }),
  locales: Type.Array(Type.String(), { description: 'The languages that there are texts in.' }),
  strict: Type.Boolean({ description: 'A variable that is not given is an error, rather than nothing.' }),
  created_at: Timestamp('When it was added.'),
}

const VersionSummary = Type.Object(versionFields, {
  $id: 'TemplateVersionSummary',
  description: 'One version of a template, without its texts. Versions never change.',
})

export const Version = Type.Object(
  {
    ...versionFields,
    texts: Type.Record(Type.String(), Type.String(), { description: 'By language, in Mustache.' }),
    schema: Nullable(JsonObject('JSON Schema.'), { description: 'JSON Schema of the variables.' }),
  },
  { $id: 'TemplateVersion', description: 'One version of a template.' },
)

export const VersionParams = Type.Object({
  id: GivenId('tpl', 'The id of the template.'),
  version: Type.Integer({ minimum: 1, maximum: 2_147_483_647, description: 'Which version.' }),
})

const summary = {
  id: ShownId('tpl', 'The id of the template.'),
  name: Type.String({ description: 'Its name.' }),
  latest_version: Type.Integer({ description: 'The version that was added last.' }),
  published_version: Nullable(Type.Integer(), { description: 'The version that new notifications use.' }),
  created_at: Timestamp('When it was made.'),
  updated_at: Timestamp('When something of it changed last.'),
}
export const TemplateSummary = Type.Object(summary, { $id: 'TemplateSummary', description: 'A template.' })
export const Template = Type.Object(
  { ...summary, versions: Type.Array(VersionSummary, { description: 'Newest first, up to 100.' }) },
  { $id: 'Template', description: 'A template with its versions.' },
)

export const TemplateListQuery = Type.Object(pageQuery, { additionalProperties: false })
export type TemplateListQuery = Static<typeof TemplateListQuery>
