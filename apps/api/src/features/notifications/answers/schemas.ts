import Type, { type Static } from 'typebox'
import { GivenId } from '../../../http/ids.js'
import { hasContent, messageFields } from '../../../messages/schemas.js'

export const NewAnswer = Type.Object(
  {
    ...messageFields,
    reply_to: Type.Optional(GivenId('evt', 'The message that is answered. It, and all before it, is read then.')),
  },
  {
    $id: 'NewAnswer',
    additionalProperties: false,
    ...hasContent,
    examples: [{ text: 'It is on its way, and should be there tomorrow.' }],
  },
)
export type NewAnswer = Static<typeof NewAnswer>
