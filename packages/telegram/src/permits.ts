/**
 * How fast a bot may send.
 *
 * A call arrives at Telegram somewhere between its start and its answer. So a permit that was taken
 * when the call started comes back 1000 ms after the answer (or after the socket was closed): whatever
 * the network does, two uses of one permit arrive at least a second apart, and with `rate` permits no
 * sliding second holds more than `rate` arrivals. A chat has permits of its own in the same way: one for
 * a second, and in a group or channel twenty more for a minute.
 *
 * An album is one call of up to ten messages. Where that is more than `rate`, it goes when all permits are there, and
 * takes those of the following seconds too: the rate holds on average, since no second of the call's can be shared out.
 */
export interface Permits {
  /** Permits of the bot: sends in a second. May be set at any time; open calls keep theirs. */
  rate: number
  /** How many calls may start right now; negative after the rate was lowered. */
  free(nowMs: number): number
  /** When a call that sends so many messages may start; `Infinity` while all depends on open calls. */
  freeAt(nowMs: number, count?: number): number
  /** When the chat may be sent so many messages in one call; `Infinity` while a call to it is open. */
  chatFreeAt(chatId: string, nowMs: number, count?: number): number
  /** The chats that may not be sent to right now. */
  busyChats(nowMs: number): string[]
  /** An album is one call and as many messages as it has media. */
  start(chatId: string, kind: ChatKind, count?: number): void
  answered(chatId: string, atMs: number, count?: number): void
  /** The call was not made after all. */
  unused(chatId: string, count?: number): void
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

export function createPermits(initialRate: number): Permits {
  let openCalls = 0
  /** When permits come back, soonest first, from `first` on. */
  let returning: number[] = []
  let first = 0
  const chats = new Map<string, ChatState>()

  const spent = (): number => openCalls + returning.length - first

  const collect = (nowMs: number): void => {
    while (first < returning.length && (returning[first] ?? 0) <= nowMs) first++
    if (first > 1_000 && first * 2 > returning.length) {
      returning = returning.slice(first)
      first = 0
    }
  }

  const chatOf = (chatId: string, kind: ChatKind): ChatState => {
    const chat = chats.get(chatId) ?? { kind, openCalls: 0, answeredAtMs: [] }
    chats.set(chatId, chat)
    return chat
  }

  const chatFreeAt = (chatId: string, nowMs: number, count = 1): number => {
    const chat = chats.get(chatId)
    return chat ? freeAtOf(chat, nowMs, count) : nowMs
  }

  return {
    rate: initialRate,
    free(nowMs) {
      collect(nowMs)
      return this.rate - spent()
    },
    freeAt(nowMs, count = 1) {
      collect(nowMs)
      const missing = spent() - this.rate + Math.min(count, this.rate) - 1
      if (missing < 0) return nowMs
      return returning[first + missing] ?? Infinity
    },
    chatFreeAt,
    busyChats: (nowMs) => [...chats.keys()].filter((chatId) => chatFreeAt(chatId, nowMs) > nowMs),
    start(chatId, kind, count = 1) {
      openCalls += count
      chatOf(chatId, kind).openCalls++
    },
    answered(chatId, atMs, count = 1) {
      openCalls -= count
      for (let message = 0; message < count; message++) {
        // What one call sends beyond the rate is of the seconds after it.
        const second = 1 + Math.floor(message / Math.max(1, this.rate))
        insertSorted(returning, atMs + second * secondMs)
      }
      const chat = chats.get(chatId)
      if (!chat) return
      chat.openCalls--
      const times = Array.from({ length: count }, () => atMs)
      chat.answeredAtMs = [...chat.answeredAtMs, ...times].slice(-keptOf(chat))
    },
    unused(chatId, count = 1) {
      openCalls -= count
      const chat = chats.get(chatId)
      if (chat) chat.openCalls--
    },
    recall(chatId, kind, sentAtMs) {
      if (chats.has(chatId)) return
      const chat = chatOf(chatId, kind)
      chat.answeredAtMs = sentAtMs.toSorted((a, b) => a - b).slice(-keptOf(chat))
    },
    spendAll(untilMs) {
      const count = Math.max(0, this.rate - spent())
      for (let spend = 0; spend < count; spend++) insertSorted(returning, untilMs)
    },
    spentUntil(nowMs) {
      return Math.max(nowMs, returning.at(-1) ?? nowMs, openCalls > 0 ? nowMs + secondMs : nowMs)
    },
    forget(nowMs) {
      for (const [chatId, chat] of chats) {
        if (freeAtOf(chat, nowMs, 1) <= nowMs && (chat.answeredAtMs.at(-1) ?? 0) + windowOf(chat) <= nowMs)
          chats.delete(chatId)
      }
    },
  }
}

/** Times come nearly in order, so the place is near the end. */
function insertSorted(times: number[], time: number): void {
  let place = times.length
  while (place > 0 && (times[place - 1] ?? 0) > time) place--
  if (place === times.length) times.push(time)
  else times.splice(place, 0, time)
}

function windowOf(chat: ChatState): number {
  return chat.kind === 'group' ? minuteMs : secondMs
}

function keptOf(chat: ChatState): number {
  return chat.kind === 'group' ? groupSendsPerMinute : 1
}

function freeAtOf({ kind, openCalls, answeredAtMs }: ChatState, nowMs: number, count: number): number {
  if (openCalls > 0) return Infinity
  const last = answeredAtMs.at(-1)
  const secondFreeAt = last === undefined ? nowMs : last + secondMs
  // Of a group's minute, so many sends have to be over that there is room.
  const tooMany = answeredAtMs.length + count - groupSendsPerMinute
  if (kind === 'private' || tooMany <= 0) return Math.max(nowMs, secondFreeAt)
  return Math.max(nowMs, secondFreeAt, (answeredAtMs[tooMany - 1] ?? nowMs) + minuteMs)
}
