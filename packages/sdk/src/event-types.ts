import type { webhooks } from './generated/api.js'

type Sent = {
  [Type in keyof webhooks]: webhooks[Type]['post']['requestBody']['content']['application/json']
}

export type EventType = keyof Sent
/** An event of one type. */
export type EventOf<Type extends EventType> = Sent[Type]
/** Something that happened. Its `type` tells what its `data` is. */
export type TellwireEvent = Sent[EventType]
