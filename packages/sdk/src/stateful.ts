import { at, type Heard, inTurns, keyOf, type KeyOf, sayIn, type Speaking, toHandlers, type Words } from './heard.js'
import type { ConversationHandlers } from './conversation.js'
import { memoryStore, type StateStore } from './state-store.js'

/** A state, and until when it is kept, in milliseconds since 1970. */
export interface KeptState<State> {
  /** Absent where the chat begins anew: what ended it is known for a while, as it may come again. */
  state?: State
  until: number | null
  /** The connection in which something was heard last. */
  connectionId: string
  /** The event that was heard last. */
  eventId: string
}

export interface StatefulOptions<State> {
  /** With which a chat begins. */
  initial: () => State
  store?: StateStore<KeptState<State>>
  /** A chat in which nothing is heard for so many milliseconds begins anew. */
  timeoutMs?: number
  /** Is called when that happens. */
  onTimeout?: (state: State, say: Say) => unknown
  /** Is told what goes wrong then. Without it: the console. */
  onError?: (error: unknown) => void
}

/** What a webhook brings again comes within a day. */
const endKnownMs = 86_400_000

/** Says something in the chat. */
export type Say = (words: Words) => Promise<{ id: string }>

/**
 * Keeps a state for each chat, or each person in it, as data: a function makes the next one of the last and of what was heard.
 * Where it returns undefined, the chat begins anew.
 * @returns handlers for `listen` or for a webhook's route.
 */
export function stateful<State>(
  tellwire: Speaking,
  key: KeyOf,
  step: (state: State, event: Heard, say: Say) => Promise<State | undefined> | State | undefined,
  // oxlint-disable-next-line no-console -- where nothing else is asked for
  { initial, store = memoryStore(), timeoutMs, onTimeout, onError = console.error }: StatefulOptions<State>,
): ConversationHandlers {
  const inTurn = inTurns()
  const ends = new Map<string, () => void>()

  /** Ends a state whose time is over. @returns what is kept, where it goes on. */
  async function read(name: string): Promise<KeptState<State> | undefined> {
    const kept = await store.load(name)
    if (!kept || kept.until === null || kept.until > Date.now()) return kept
    await store.remove(name)
    ends.delete(name)
    const { state, connectionId, until } = kept
    if (state !== undefined)
      await onTimeout?.(state, (words) => sayIn(tellwire, connectionId, words, `end-${connectionId}-${until}`))
    return undefined
  }

  function endAt(name: string, until: number | null): void {
    ends.get(name)?.()
    ends.delete(name)
    if (until === null) return
    const end = async (): Promise<void> => void (await read(name))
    ends.set(
      name,
      at(until, () => void inTurn(name, end).catch(onError)),
    )
  }

  async function hear(event: Heard): Promise<void> {
    const name = keyOf(key, event)
    if (name === undefined) return
    await inTurn(name, async () => {
      const kept = await read(name)
      // It comes again where the program ended just after the state was kept.
      if (kept?.eventId === event.id) return
      const { connection_id: connectionId } = event.data
      let said = 0
      const say: Say = (words) => sayIn(tellwire, connectionId, words, `${event.id}-${said++}`)
      const state = await step(kept?.state ?? initial(), event, say)
      const keptForMs = state === undefined ? endKnownMs : timeoutMs
      const until = keptForMs === undefined ? null : Date.now() + keptForMs
      await store.save(name, { ...(state === undefined ? {} : { state }), until, connectionId, eventId: event.id })
      endAt(name, until)
    })
  }

  return {
    ...toHandlers(hear),
    async resume() {
      for (const [name, { until }] of await store.list()) endAt(name, until)
    },
  }
}
