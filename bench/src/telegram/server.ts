/**
 * A fast stand-in for Telegram, in a process of its own: it takes `sendMessage`, keeps a log of what
 * arrived when, and refuses what comes too fast by strict sliding windows, which can be switched off. It is
 * told what to do, and asked what it saw, over the process's IPC channel.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { nowMs } from '../clock.js'
import type { Arrival, BotSettings, Command, Reply } from './messages.js'
import { createSlidingWindow, type SlidingWindow } from '@tellwire/testing/sliding-window'

interface BotState {
  window: SlidingWindow
  chats: Map<number, number>
}

const longPollMs = 25_000

let settings: { isLimited: boolean; bots: Record<string, BotSettings>; fallback: BotSettings; isWatched: boolean } = {
  isLimited: false,
  bots: {},
  fallback: { rate: 30, latencyMs: 0 },
  isWatched: false,
}
let bots = new Map<string, BotState>()
let arrivals: Arrival[] = []
let messageId = 0

function settingsOf(bot: string): BotSettings {
  return settings.bots[bot] ?? settings.fallback
}

function stateOf(bot: string): BotState {
  let state = bots.get(bot)
  if (!state) {
    state = { window: createSlidingWindow(1_000), chats: new Map() }
    bots.set(bot, state)
  }
  return state
}

/** @returns whether it was taken. */
function note(bot: string, chatId: number, text: string): boolean {
  const atMs = nowMs()
  const state = stateOf(bot)
  const isTooFast =
    settings.isLimited &&
    (state.window.count(atMs) >= settingsOf(bot).rate || atMs - (state.chats.get(chatId) ?? -Infinity) < 1_000)
  arrivals.push({ bot, chatId, text, atMs, isAccepted: !isTooFast })
  if (!isTooFast && settings.isLimited) {
    state.window.add(atMs)
    state.chats.set(chatId, atMs)
  }
  if (settings.isWatched) process.send?.({ type: 'arrived', text, atMs })
  return !isTooFast
}

function answer(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
  response.end(body)
}

function handle(request: IncomingMessage, response: ServerResponse): void {
  const [, bot = '', method = ''] = /^\/bot(\d+):[^/]*\/(\w+)/.exec(request.url ?? '') ?? []
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    // Nobody writes to these bots.
    if (method === 'getUpdates') {
      setTimeout(() => answer(response, 200, '{"ok":true,"result":[]}'), longPollMs)
      return
    }
    if (method !== 'sendMessage') {
      answer(response, 200, '{"ok":true,"result":[]}')
      return
    }
    const { chat_id: chatId, text } = JSON.parse(Buffer.concat(chunks).toString()) as { chat_id: number; text: string }
    const isTaken = note(bot, chatId, text)
    const body = isTaken
      ? `{"ok":true,"result":{"message_id":${++messageId},"date":${Math.floor(Date.now() / 1_000)},"chat":{"id":${chatId},"type":"private"},"text":${JSON.stringify(text)}}}`
      : '{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 1","parameters":{"retry_after":1}}'
    const status = isTaken ? 200 : 429
    const { latencyMs } = settingsOf(bot)
    // Ten per cent more or less, as a network would.
    if (latencyMs > 0) setTimeout(() => answer(response, status, body), latencyMs * (0.9 + Math.random() * 0.2))
    else answer(response, status, body)
  })
}

const server = createServer(handle)
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => {
  process.send?.({ type: 'ready', port: (server.address() as AddressInfo).port })
})

process.on('message', (command: Command) => {
  switch (command.type) {
    case 'configure':
      settings = { ...settings, ...command.settings }
      return
    case 'reset':
      bots = new Map()
      arrivals = []
      return
    case 'report':
      process.send?.({
        type: 'report',
        arrivals: command.isCountOnly ? [] : arrivals,
        count: arrivals.length,
      } satisfies Reply)
      return
  }
})
process.on('disconnect', () => process.exit(0))
process.on('SIGTERM', () => process.exit(0))
