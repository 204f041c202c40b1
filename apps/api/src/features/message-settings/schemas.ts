import Type, { type Static } from 'typebox'
import { Rich } from '../../messages/schemas.js'

const rich = Type.Unsafe<Static<typeof Rich>>({
  ...Rich,
  description: 'Whether Markdown goes as rich messages where a notification does not say it. Default: false.',
})

export const MessageSettings = Type.Object({ rich }, { $id: 'MessageSettings', description: 'How messages go.' })
export type MessageSettings = Static<typeof MessageSettings>

export const MessageSettingsChange = Type.Object(
  { rich },
  {
    $id: 'MessageSettingsChange',
    additionalProperties: false,
    description: 'How messages are to go that are accepted from a second later on.',
    examples: [{ rich: 'auto' }],
  },
)
