import { runProgram } from '../program.js'
import type { Arrival, Reply, Settings } from './messages.js'

/** The stand-in for Telegram, as the benchmarks see it. */
export interface FakeTelegram {
  root: string
  configure(settings: Partial<Settings>): void
  reset(): void
  count(): Promise<number>
  arrivals(): Promise<Arrival[]>
  /** Waits until a message with this text arrives. `isWatched` must be on. @returns when it did. */
  arrivalOf(text: string): Promise<number>
  stop(): Promise<void>
}

export async function startFakeTelegram(): Promise<FakeTelegram> {
  const program = await runProgram(new URL('server.js', import.meta.url), {})
  const waiting = new Map<string, (atMs: number) => void>()
  const arrived = new Map<string, number>()
  let onReport: ((report: Extract<Reply, { type: 'report' }>) => void)[] = []

  program.child.on('message', (reply: Reply) => {
    if (reply.type === 'arrived') {
      const resolve = waiting.get(reply.text)
      waiting.delete(reply.text)
      if (resolve) resolve(reply.atMs)
      else arrived.set(reply.text, reply.atMs)
    } else if (reply.type === 'report') {
      const [first, ...rest] = onReport
      onReport = rest
      first?.(reply)
    }
  })

  const report = (isCountOnly: boolean) =>
    new Promise<Extract<Reply, { type: 'report' }>>((resolve) => {
      onReport.push(resolve)
      program.child.send({ type: 'report', isCountOnly })
    })

  return {
    root: `http://127.0.0.1:${program.port}`,
    configure: (settings) => void program.child.send({ type: 'configure', settings }),
    reset() {
      arrived.clear()
      program.child.send({ type: 'reset' })
    },
    count: async () => (await report(true)).count,
    arrivals: async () => (await report(false)).arrivals,
    arrivalOf(text) {
      const atMs = arrived.get(text)
      if (atMs !== undefined) return Promise.resolve(atMs)
      return new Promise((resolve) => waiting.set(text, resolve))
    },
    stop: () => program.stop(),
  }
}
