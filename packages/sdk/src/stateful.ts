import { at, type Heard, inTurns, keyOf, type KeyOf, sayIn, type Speaking, toHandlers, type Words } from './heard.js'
import type { ConversationHandlers } from './conversation.js'
import { memoryStore, type StateStore } from './state-store.js'

/** A state, and until when it is kept, in milliseconds since 1970. */
export interface KeptState<State> {
  state: State
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
      // Where the state was removed just before that, it is heard as the first of another, which says other things.
      const turn = kept ? event.id : `first-${event.id}`
      let said = 0
      const say: Say = (words) => sayIn(tellwire, connectionId, words, `${turn}-${said++}`)
      const state = await step(kept ? kept.state : initial(), event, say)
      if (state === undefined) {
        await store.remove(name)
        return endAt(name, null)
      }
      const until = timeoutMs === undefined ? null : Date.now() + timeoutMs
      await store.save(name, { state, until, connectionId, eventId: event.id })
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
