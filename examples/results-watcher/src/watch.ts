import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { diffLines } from 'diff'
import { parse } from 'node-html-parser'
import { ApiError, type CursorStore } from '@tellwire/sdk'

export interface WatchedPage {
  url: string
  everyMs: number
  /** The page as it was announced last, and what the next announcement is known by. */
  seen: CursorStore
}

interface Seen {
  text: string
  nextKey: string
  /** The announcement that is being made, and the page as it is then. */
  pending?: { difference: string; text: string }
}

export async function readSeen(seen: CursorStore): Promise<Seen | undefined> {
  const stored = await seen.load()
  return stored === undefined ? undefined : (JSON.parse(stored) as Seen)
}

/** Looks at a page again and again, and announces what has changed since the last time, also since before the program started. */
export async function watch(
  { url, everyMs, seen }: WatchedPage,
  announce: (difference: string, key: string) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const save = async (state: Seen): Promise<void> => seen.save(JSON.stringify(state))
  const announcePending = async ({ difference, text }: Required<Seen>['pending'], key: string): Promise<void> => {
    try {
      await announce(difference, key)
    } catch (error) {
      // What is refused for good is not made again.
      if (!(error instanceof ApiError) || error.retryable) throw error
      console.error('A change could not be announced:', error)
    }
    await save({ text, nextKey: randomUUID() })
  }
  while (!signal.aborted) {
    try {
      const before = await readSeen(seen)
      if (before?.pending) await announcePending(before.pending, before.nextKey)
      const now = await read(url, signal)
      const last = await readSeen(seen)
      if (!last) {
        await save({ text: now, nextKey: randomUUID() })
      } else if (last.text !== now) {
        // Kept before it is made: one that fails is made the next time, with the same words under the same key.
        const pending = { difference: showDifference(last.text, now), text: now }
        await save({ ...last, pending })
        await announcePending(pending, last.nextKey)
      }
    } catch (error) {
      if (!signal.aborted) console.error(`${url} could not be looked at:`, error)
    }
    await delay(everyMs, undefined, { signal }).catch(() => undefined)
  }
}

async function read(url: string, signal: AbortSignal): Promise<string> {
  const response = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(30_000)]) })
  if (!response.ok) throw new Error(`it answered ${response.status}`)
  const page = parse(await response.text())
  const lines = (page.querySelector('body') ?? page).structuredText.split('\n')
  return lines.map((line) => line.trim()).join('\n')
}

/** The lines that came and went, with + and - before them. */
function showDifference(before: string, now: string): string {
  return diffLines(before, now)
    .filter(({ added, removed }) => added || removed)
    .flatMap(({ value, added }) =>
      value
        .trimEnd()
        .split('\n')
        .map((line) => `${added ? '+' : '-'} ${line}`),
    )
    .join('\n')
}
