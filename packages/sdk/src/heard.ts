import type { Tellwire } from './client.js'
import type { EventOf } from './event-types.js'
import type { Handlers } from './listen.js'

/** Somebody wrote or sent something, pressed a button or gave a command. */
export type Heard = Done & { data: { connection_id: string; user_id: string } }
type Done = EventOf<'message.received' | 'button.pressed' | 'command.received'>

/** How chats are told apart: `chat` for each chat, `person` for each person in each chat, or a key of your own; undefined for nobody's. */
export type KeyOf = 'chat' | 'person' | ((event: Heard) => string | undefined)

/** Something to say: a text in Markdown, or all that a notification can have. */
export type Words = string | Parameters<Tellwire['chats']['answer']>[1]

/** What it needs of a client. */
export type Speaking = { chats: Pick<Tellwire['chats'], 'answer'> }

export function keyOf(by: KeyOf, event: Heard): string | undefined {
  if (typeof by === 'function') return by(event)
  const { connection_id: chat } = event.data
  return by === 'chat' ? chat : `${chat} ${personOf(event) ?? ''}`
}

/** Telegram's id of the person; undefined for who writes in the name of a channel or a group. */
export function personOf(event: Heard): string | undefined {
  return event.type === 'button.pressed' ? event.data.pressed_by : event.data.from?.id
}

/** The text that was written, without spaces around it; empty for a press. */
export function textOf(event: Heard): string {
  return event.type === 'button.pressed' ? '' : (event.data.text ?? '').trim()
}

/** @param name in small letters, without its slash */
export function isCommand(event: Heard, name: string): boolean {
  return event.type === 'command.received' && event.data.command === name
}

/** Says something in the chat in which something was heard; once, however often it is called with the same name. */
export function sayIn({ chats }: Speaking, connectionId: string, words: Words, name: string) {
  return chats.answer(connectionId, typeof words === 'string' ? { text: words } : words, { idempotencyKey: name })
}

/** Handlers that give everything that is heard in a chat to one function. */
export function toHandlers(
  hear: (event: Heard) => Promise<void>,
): Pick<Required<Handlers>, 'message' | 'button' | 'command'> {
  const hearInChat = async (event: Done): Promise<void> => {
    if (isInChat(event)) await hear(event)
  }
  return { message: hearInChat, button: hearInChat, command: hearInChat }
}

/** A button can be pressed under a message whose chat is connected no longer. */
function isInChat(event: Done): event is Heard {
  return event.data.connection_id !== null && event.data.user_id !== null
}

/** Runs work for each key in the order in which it was asked for. */
export function inTurns(): (key: string, work: () => Promise<void>) => Promise<void> {
  const last = new Map<string, Promise<void>>()
  return (key, work) => {
    const turn = (last.get(key) ?? Promise.resolve()).then(work)
    const done = turn
      .catch(() => undefined)
      .then(() => {
        if (last.get(key) === done) last.delete(key)
      })
    last.set(key, done)
    return turn
  }
}

/** The longest time that a timer of JavaScript can wait. */
const timerMsMax = 2 ** 31 - 1

/** Calls something at a time, however far away. @returns what calls it off. */
export function at(timeMs: number, call: () => void): () => void {
  let timer: ReturnType<typeof setTimeout>
  const wait = (): void => {
    // A timer may also fire a moment too early.
    timer = setTimeout(
      () => (Date.now() < timeMs ? wait() : call()),
      Math.min(Math.max(0, timeMs - Date.now()), timerMsMax),
    )
    // In Node it does not keep a program from ending.
    ;(timer as { unref?: () => void }).unref?.()
  }
  wait()
  return () => clearTimeout(timer)
}
