import { at, type Heard, inTurns, keyOf, type KeyOf, sayIn, type Speaking, toHandlers, type Words } from './heard.js'
import type { Handlers } from './listen.js'
import { memoryStore, type StateStore } from './state-store.js'

/** Nobody answered in time. A conversation that does not catch it ends. */
export class ConversationTimeout extends Error {
  override readonly name = 'ConversationTimeout'

  constructor() {
    super('Nobody answered in time')
  }
}

export interface AskOptions {
  /** How long to wait for an answer, in milliseconds. The conversation's own without it. */
  timeoutMs?: number
  /** Whether something is an answer. Without it everything is. */
  accept?: (event: Heard) => boolean
  /** Is said to whatever is no answer. */
  otherwise?: Words
}

/** A conversation, as the function that leads it has it. */
export interface Conversation {
  /** The connection, which is the chat. */
  readonly connectionId: string
  readonly userId: string
  /** Says something. @returns the notification that it is. */
  say(words: Words): Promise<{ id: string }>
  /** Says something, and waits for what is written, sent or pressed then. @throws {ConversationTimeout} */
  ask(words: Words, options?: AskOptions): Promise<Heard>
  /** Does something once, however often the conversation is taken up again. What it returns is kept as JSON. */
  run<Result>(work: () => Promise<Result> | Result): Promise<Result>
}

/** A conversation as it is kept: by what has happened so far it is taken up again. */
export interface ConversationState {
  id: string
  first: Heard
  /** In order: what each step of the function came to. */
  steps: Step[]
  /** From which step on, and until when, an answer is waited for; in milliseconds since 1970. */
  waits?: { step: number; until: number }
}

type Step = { said: { id: string } } | { heard: Heard } | { ran: unknown } | { timedOut: true }

export interface ConversationOptions {
  /** Where it is kept how far conversations are. In memory without it: they end with the program. */
  store?: StateStore<ConversationState>
  /** Whether something that is heard where there is no conversation begins one. Without it everything does. */
  starts?: (event: Heard) => boolean
  /** How long to wait for an answer, in milliseconds. An hour without it. */
  timeoutMs?: number
  /** Is told what goes wrong while nothing was heard: after a time-out, and when it is taken up again. Without it: the console. */
  onError?: (error: unknown) => void
}

export type ConversationHandlers = Pick<Required<Handlers>, 'message' | 'button' | 'command'> & {
  /** Takes up the conversations that are kept, so that those whose time is over end. */
  resume(): Promise<void>
}

type Lead = (chat: Conversation, first: Heard) => Promise<unknown>

interface Talk {
  state: ConversationState
  /** Gives it what was heard. Undefined while nothing is waited for. */
  hear: ((step: Step) => void) | undefined
  /** Resolves when it waits or has ended, and rejects with what its function throws. */
  rest: Promise<void>
}

/**
 * Leads conversations: each chat, or each person in it, has a function of its own, which asks and awaits answers.
 *
 * A conversation is taken up where the program has ended: its function runs anew, and each `say`, `ask` and `run` comes to what it
 * came to before, without being done again. What happens outside of these should be the same each time.
 * @returns handlers for `listen` or for a webhook's route.
 */
export function conversation(
  tellwire: Speaking,
  key: KeyOf,
  lead: Lead,
  {
    store = memoryStore(),
    starts = () => true,
    timeoutMs = 3_600_000,
    // oxlint-disable-next-line no-console -- where nothing else is asked for
    onError = console.error,
  }: ConversationOptions = {},
): ConversationHandlers {
  const talks = new Map<string, Talk>()
  const inTurn = inTurns()

  async function begin(name: string, state: ConversationState): Promise<Talk> {
    const talk: Talk = { state, hear: undefined, rest: Promise.resolve() }
    let rested: () => void = () => undefined
    let failed: (error: unknown) => void = () => undefined
    let next = 0

    function work(): void {
      talk.rest = new Promise((resolve, reject) => {
        rested = resolve
        failed = reject
      })
      // Who waits for it is told; it may be nobody.
      talk.rest.catch(() => undefined)
    }

    async function step<Kind extends Step>(make: () => Promise<Kind>): Promise<Kind> {
      const known = state.steps[next++]
      if (known) return known as Kind
      const made = await make()
      state.steps.push(made)
      await store.save(name, state)
      return made
    }

    /** @param asked the step from which on the time is counted. */
    const hear = (asked: number, waitMs: number): Promise<Step> =>
      step<Step>(async () => {
        if (state.waits?.step !== asked) state.waits = { step: asked, until: Date.now() + waitMs }
        const { until } = state.waits
        await store.save(name, state)
        return new Promise((resolve) => {
          const pass = (what: Step): void => {
            callOff()
            talk.hear = undefined
            work()
            resolve(what)
          }
          const endWaiting = async (): Promise<void> => {
            // Something may have been heard just before.
            if (talk.hear === pass) pass({ timedOut: true })
            await talk.rest
          }
          const callOff = at(until, () => void inTurn(name, endWaiting).catch(onError))
          talk.hear = pass
          rested()
        })
      })

    const { connection_id: connectionId, user_id: userId } = state.first.data
    const chat: Conversation = {
      connectionId,
      userId,
      async say(words) {
        const once = `${state.id}-${next}`
        const { said } = await step(async () => ({
          said: { id: (await sayIn(tellwire, connectionId, words, once)).id },
        }))
        return said
      },
      async ask(words, { timeoutMs: waitMs = timeoutMs, accept = () => true, otherwise } = {}) {
        await chat.say(words)
        const asked = next
        for (;;) {
          const heard = await hear(asked, waitMs)
          if (!('heard' in heard)) throw new ConversationTimeout()
          if (accept(heard.heard)) return heard.heard
          if (otherwise !== undefined) await chat.say(otherwise)
        }
      },
      async run<Result>(work: () => Promise<Result> | Result) {
        const { ran } = await step(async () => ({ ran: await work() }))
        return ran as Result
      },
    }

    work()
    talks.set(name, talk)
    // What failed is kept, and is taken up again with whatever is heard next.
    void follow(chat, state.first)
      .then(() => store.remove(name))
      .finally(() => talks.delete(name))
      .then(
        () => rested(),
        (error: unknown) => failed(error),
      )
    await talk.rest
    return talk
  }

  async function follow(chat: Conversation, first: Heard): Promise<void> {
    try {
      await lead(chat, first)
    } catch (error) {
      if (!(error instanceof ConversationTimeout)) throw error
    }
  }

  async function hear(event: Heard): Promise<void> {
    const name = keyOf(key, event)
    if (name !== undefined) await inTurn(name, () => hearInTurn(name, event))
  }

  async function hearInTurn(name: string, event: Heard): Promise<void> {
    const live = talks.get(name)
    const state = live?.state ?? (await store.load(name))
    if (!state) {
      if (starts(event)) await begin(name, { id: event.id, first: event, steps: [] })
      return
    }
    const talk = live ?? (await begin(name, state))
    // It comes again where the program ended while it was worked on.
    const isKnown = [state.first, ...state.steps.flatMap((step) => ('heard' in step ? [step.heard] : []))]
    if (isKnown.some(({ id }) => id === event.id)) return
    talk.hear?.({ heard: event })
    await talk.rest
  }

  return {
    ...toHandlers(hear),
    async resume() {
      for (const [name, state] of await store.list()) {
        await inTurn(name, async () => {
          if (!talks.has(name)) await begin(name, state)
        }).catch(onError)
      }
    },
  }
}
