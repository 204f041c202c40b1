/**
 * How fast a bot may send.
 *
 * A call arrives at Telegram somewhere between its start and its answer. So a permit that was taken
 * when the call started comes back 1000 ms after the answer (or after the socket was closed): whatever
 * the network does, two uses of one permit arrive at least a second apart, and with `rate` permits no
 * sliding second holds more than `rate` arrivals. A chat has permits of its own in the same way: one for
 * a second, and in a group or channel twenty more for a minute.
 */
export interface Permits {
  /** How many calls may start right now. */
  free(nowMs: number): number
  /** When the next permit of the bot comes back; `Infinity` while all depends on open calls. */
  freeAt(nowMs: number): number
  /** When the chat may be sent to; `Infinity` while a call to it is open. */
  chatFreeAt(chatId: string, nowMs: number): number
  /** The chats that may not be sent to right now. */
  busyChats(nowMs: number): string[]
  start(chatId: string, kind: ChatKind): void
  answered(chatId: string, atMs: number): void
  /** Takes account of sends that an earlier holder of the lane made. A chat that is known already stays as it is. */
  recall(chatId: string, kind: ChatKind, sentAtMs: number[]): void
  /** All permits of the bot are spent until then. */
  spendAll(untilMs: number): void
  /** Until when some permit of the bot is spent; open calls count as if answered now. */
  spentUntil(nowMs: number): number
  /** Forgets chats that are free again. */
  forget(nowMs: number): void
}

export type ChatKind = 'private' | 'group'

const secondMs = 1_000
const minuteMs = 60_000
const groupSendsPerMinute = 20

interface ChatState {
  kind: ChatKind
  openCalls: number
  /** When sends were answered, oldest first; only those that still count. */
  answeredAtMs: number[]
}

export function createPermits(rate: number): Permits {
  let openCalls = 0
  /** When permits come back, soonest first. */
  let returning: number[] = []
  const chats = new Map<string, ChatState>()

  const collect = (nowMs: number): void => {
    const count = returning.findIndex((atMs) => atMs > nowMs)
    returning = count === -1 ? [] : returning.slice(count)
  }

  const chatOf = (chatId: string, kind: ChatKind): ChatState => {
    const chat = chats.get(chatId) ?? { kind, openCalls: 0, answeredAtMs: [] }
    chats.set(chatId, chat)
    return chat
  }

  const chatFreeAt = (chatId: string, nowMs: number): number => {
    const chat = chats.get(chatId)
    return chat ? freeAtOf(chat, nowMs) : nowMs
  }

  return {
    free(nowMs) {
      collect(nowMs)
      return rate - openCalls - returning.length
    },
    freeAt(nowMs) {
      collect(nowMs)
      if (openCalls + returning.length < rate) return nowMs
      return returning[0] ?? Infinity
    },
    chatFreeAt,
    busyChats: (nowMs) => [...chats.keys()].filter((chatId) => chatFreeAt(chatId, nowMs) > nowMs),
    start(chatId, kind) {
      openCalls++
      chatOf(chatId, kind).openCalls++
    },
    answered(chatId, atMs) {
      openCalls--
      returning.push(atMs + secondMs)
      const chat = chats.get(chatId)
      if (!chat) return
      chat.openCalls--
      chat.answeredAtMs = [...chat.answeredAtMs, atMs].slice(-groupSendsPerMinute)
    },
    recall(chatId, kind, sentAtMs) {
      if (chats.has(chatId)) return
      chatOf(chatId, kind).answeredAtMs = sentAtMs.toSorted((a, b) => a - b).slice(-groupSendsPerMinute)
    },
    spendAll(untilMs) {
      returning = [
        ...returning,
        ...Array.from({ length: rate - openCalls - returning.length }, () => untilMs),
      ].toSorted((a, b) => a - b)
    },
    spentUntil(nowMs) {
      return openCalls > 0 ? nowMs + secondMs : Math.max(nowMs, returning.at(-1) ?? nowMs)
    },
    forget(nowMs) {
      for (const [chatId, chat] of chats) {
        if (freeAtOf(chat, nowMs) <= nowMs && (chat.answeredAtMs.at(-1) ?? 0) + windowOf(chat) <= nowMs)
          chats.delete(chatId)
      }
    },
  }
}

function windowOf(chat: ChatState): number {
  return chat.kind === 'group' ? minuteMs : secondMs
}

function freeAtOf(chat: ChatState, nowMs: number): number {
  if (chat.openCalls > 0) return Infinity
  const last = chat.answeredAtMs.at(-1)
  const secondFreeAt = last === undefined ? nowMs : last + secondMs
  if (chat.kind === 'private' || chat.answeredAtMs.length < groupSendsPerMinute) return Math.max(nowMs, secondFreeAt)
  const oldest = chat.answeredAtMs[0] ?? nowMs
  return Math.max(nowMs, secondFreeAt, oldest + minuteMs)
}
