import type { components, webhooks } from './generated/api.js'

type Sent = {
  [Type in keyof webhooks]: webhooks[Type]['post']['requestBody']['content']['application/json']
}

export type EventType = keyof Sent
/** An event of one type, in the form that it has in lists and in streams; by webhook its `created_at` comes as `timestamp`. */
export type EventOf<Type extends EventType> = {
  [Each in Type]: components['schemas']['Event'] & Pick<Sent[Each], 'type' | 'data'>
}[Type]
/** Something that happened. Its `type` tells what its `data` is. */
export type TellwireEvent = EventOf<EventType>
