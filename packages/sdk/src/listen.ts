import type { EventOf, EventType, TellwireEvent } from './event-types.js'
import { streamPlaces } from './event-stream.js'
import type { Transport } from './transport.js'

/** What a handler is for, by its name. */
const typesOf = {
  connected: 'user.connected',
  disconnected: 'user.disconnected',
  blocked: 'user.blocked',
  unblocked: 'user.unblocked',
  message: 'message.received',
  command: 'command.received',
  button: 'button.pressed',
  reaction: 'reaction.changed',
  answered: 'question.answered',
  sent: 'notification.sent',
  failed: 'notification.failed',
} as const satisfies Record<string, EventType>

type Handled = typeof typesOf
type Handler<Event> = (event: Event) => unknown

/** Functions that are called when something happens. Each is called with one event at a time, and the next one waits for it. */
export type Handlers = { [Name in keyof Handled]?: Handler<EventOf<Handled[Name]>> } & {
  /** Is called with every event, after the handler of its type. */
  event?: Handler<TellwireEvent>
}

/** Where it is kept how far the events were handled. */
export interface CursorStore {
  load(): Promise<string | undefined> | string | undefined
  save(cursor: string): Promise<void> | void
}

export interface ListenOptions {
  /** Where to begin where nothing is stored yet: `start`, `now` or a cursor. `now` without it. */
  from?: string
  /** Without it, listening begins at `from` whenever the program starts. */
  store?: CursorStore
  /** Only these, such as `user.connected` or `notification.*`. Without it, all that there is a handler for. */
  types?: readonly string[]
  /** Ends it. */
  signal?: AbortSignal
  /** Is told what a handler throws: where it returns, the next event follows. Without it, listening ends. */
  onError?: (error: unknown, event: TellwireEvent) => unknown
}

/**
 * Calls handlers of what happens, in order, until the signal ends it. The place is stored after each event was handled, and now and
 * then where nothing happens: what was being handled when the program ended comes again, and what happened since.
 */
export async function listen(
  transport: Transport,
  handlers: Handlers,
  { from = 'now', store, types = wantedBy(handlers), signal, onError }: ListenOptions,
): Promise<void> {
  const after = (await store?.load()) ?? from
  try {
    for await (const { event, cursor } of streamPlaces(transport, { after, types, signal })) {
      try {
        if (event) await dispatch(handlers, event)
      } catch (error) {
        if (!event || !onError) throw error
        await onError(error, event)
      }
      await store?.save(cursor)
    }
  } catch (error) {
    if (signal?.aborted !== true) throw error
  }
}

/** Calls the handlers of an event. */
export async function dispatch(handlers: Handlers, event: TellwireEvent): Promise<void> {
  const name = namesIn(handlers).find((each) => typesOf[each] === event.type)
  if (name !== undefined) await (handlers[name] as Handler<TellwireEvent>)(event)
  await handlers.event?.(event)
}

/** @returns undefined for all. */
function wantedBy(handlers: Handlers): EventType[] | undefined {
  return handlers.event ? undefined : namesIn(handlers).map((name) => typesOf[name])
}

function namesIn(handlers: Handlers): (keyof Handled)[] {
  return (Object.keys(typesOf) as (keyof Handled)[]).filter((name) => handlers[name] !== undefined)
}
