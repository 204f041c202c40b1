import { setTimeout as delay } from 'node:timers/promises'

/** Asks for one thing. What is asked for while a statement runs goes together into the next. */
export type Batcher<Item, Result> = (item: Item) => Promise<Result>

interface Batching<Item, Result> {
  /** Answers one result for each item, in their order. */
  run: (items: readonly Item[]) => Promise<readonly Result[]>
  /** The most items of one batch. */
  countMax: number
  /** How long to wait before the next batch, in milliseconds. */
  pauseMs?: () => number
}

interface Asked<Item, Result> {
  item: Item
  resolve: (result: Result) => void
  reject: (error: unknown) => void
}

/** Makes a batcher: one statement at a time. An error that is about a row is that row's alone. */
export function createBatcher<Item, Result>({
  run,
  countMax,
  pauseMs = () => 0,
}: Batching<Item, Result>): Batcher<Item, Result> {
  let waiting: Asked<Item, Result>[] = []
  let isRunning = false

  const runBatch = async (batch: Asked<Item, Result>[]): Promise<void> => {
    try {
      const results = await run(batch.map(({ item }) => item))
      // There is one for each.
      for (const [index, { resolve }] of batch.entries()) resolve(results[index] as Result)
    } catch (error) {
      if (batch.length > 1 && isAboutRows(error)) {
        for (const one of batch) await runBatch([one])
        return
      }
      for (const { reject } of batch) reject(error)
    }
  }

  const runAll = async (): Promise<void> => {
    while (waiting.length > 0) {
      const batch = waiting.slice(0, countMax)
      waiting = waiting.slice(countMax)
      await runBatch(batch)
      const pause = pauseMs()
      if (pause > 0) await delay(pause)
    }
    isRunning = false
  }

  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject })
      if (isRunning) return
      isRunning = true
      // What is asked for in the same turn of the event loop goes together.
      setImmediate(() => void runAll())
    })
}

/** Whether Postgres refused a row, rather than being away or busy. */
export function isAboutRows(error: unknown): boolean {
  return error instanceof Error && 'code' in error && /^(?:22|23)/.test(String(error.code))
}
