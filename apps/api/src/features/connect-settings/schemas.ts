import { chatSharings, groupConnects, linkConfirms, unreachablePolicies } from '@tellwire/domain'
import { languages, overridableTexts } from '@tellwire/texts'
import Type, { type Static } from 'typebox'
import { Literals, Nullable } from '../../http/schemas.js'

const Brand = Type.Object(
  {
    name: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 100,
        pattern: '\\S',
        'x-form': 'must have a character that is not a space',
        description: 'What the connect page calls you, in place of the name of your account.',
      }),
    ),
    logo_url: Type.Optional(
      Type.String({
        maxLength: 2000,
        pattern: '^https://[^\\s"\'<>;,]+$',
        'x-form': 'must be an https address',
        description: 'Your logo. The page shows it 64 pixels high at most.',
      }),
    ),
    color: Type.Optional(
      Type.String({
        pattern: '^#[0-9a-fA-F]{6}$',
        'x-form': 'must be a colour such as #1c7cc4',
        description: 'The colour of the button. Its text becomes black or white, whichever can be read better.',
      }),
    ),
  },
  { $id: 'Brand', additionalProperties: false, description: 'How the connect page looks.' },
)

const OwnTexts = Type.Object(
  Object.fromEntries(
    overridableTexts.map((key) => [
      key,
      Type.Optional(Type.String({ minLength: 1, maxLength: 1000, description: `Said in place of our \`${key}\`.` })),
    ]),
  ),
  {
    $id: 'OwnTexts',
    additionalProperties: false,
    description: "Texts in ICU's message format. Each is filled with what ours is, such as `{tenant}`.",
  },
)

const Texts = Type.Object(Object.fromEntries(languages.map((language) => [language, Type.Optional(OwnTexts)])), {
  $id: 'TextsByLanguage',
  additionalProperties: false,
  description: 'What is said in your own words, by language.',
})

const fields = {
  confirm: Literals(linkConfirms, {
    description: 'How a person says that the account is theirs, where a link does not say it.',
  }),
  chat_sharing: Literals(chatSharings, {
    description: 'What happens when a chat that belongs to one user is connected to another.',
  }),
  group_connect: Literals(groupConnects, { description: 'Who may connect a group.' }),
  on_unreachable: Literals(unreachablePolicies, {
    description:
      'What becomes of what waits for a person who blocks the bot, or a group that removes it: it fails, or is held until they come back or it expires.',
  }),
  origins: Type.Array(
    Type.String({
      maxLength: 300,
      pattern: '^https?://[a-z0-9.-]+(:[0-9]{1,5})?$',
      'x-form': 'must be an origin in small letters, such as https://app.example.com',
    }),
    { maxItems: 50, uniqueItems: true, description: 'The web sites whose pages may show the connect element.' },
  ),
}

export const ConnectSettings = Type.Object(
  { ...fields, brand: Brand, texts: Texts },
  { $id: 'ConnectSettings', description: 'How people connect their chats to you.' },
)
export type ConnectSettingsView = Static<typeof ConnectSettings>

export const ConnectSettingsChange = Type.Partial(
  Type.Object({
    ...fields,
    brand: Nullable(Brand, { description: 'How the connect page looks.' }),
    texts: Nullable(Texts, { description: 'What is said in your own words, by language.' }),
  }),
  {
    $id: 'ConnectSettingsChange',
    additionalProperties: false,
    minProperties: 1,
    description: 'What is not named stays as it is. `brand` and `texts` are replaced whole, and emptied by null.',
    examples: [{ confirm: 'number', brand: { color: '#1c7cc4' } }],
  },
)
export type ConnectSettingsChange = Static<typeof ConnectSettingsChange>
