import {
  type DueWebhook,
  type EventPosition,
  moveEventCursor,
  type NewWebhook,
  type Pool,
  readEventCursor,
  readNewWebhooks,
} from '@tellwire/db'
import { keyOf } from './webhook-line.js'

/** Reads what is new for webhooks from the log of events, from the place on up to which all is done with. */
export interface WebhookLog {
  /**
   * Reads the next. @param countMax how many events. @returns what is new, and whether more may be.
   * @throws Error where the database has lost what was read from it.
   */
  read(countMax: number): Promise<{ webhooks: NewWebhook[]; hasMore: boolean }>
  /** It is recorded what became of it, or it is stored: it need not be read again. Nothing happens with what is no part of the log. */
  done(webhook: DueWebhook): void
  /** Writes the place up to which all is done with. */
  save(): Promise<void>
  /** Begins anew from the place that is written. */
  reset(): void
}

interface Page {
  /** Where its events end. */
  position: EventPosition
  /** How much of it is not done with. */
  left: number
}

const cursor = 'webhooks'

export function createWebhookLog(engine: Pool): WebhookLog {
  let readTo: EventPosition | undefined
  /** Those that are not done with, and those behind them. */
  let pages: Page[] = []
  let passed: EventPosition | undefined
  /** It is done with since the read that is on began, which may not have seen that. */
  let doneMeanwhile: Set<string> | undefined
  /** By the keys of what is not done with. What was under way when it was read anew is done with when that is. */
  const pageOf = new Map<string, Page>()

  return {
    async read(countMax) {
      const done = (doneMeanwhile = new Set())
      readTo ??= await readEventCursor(engine, cursor)
      const found = await readNewWebhooks(engine, { after: readTo, countMax })
      doneMeanwhile = undefined
      const { scanned, position, isAhead } = found
      const webhooks = found.webhooks.filter((webhook) => !done.has(keyOf(webhook)))
      if (isAhead) throw new Error('the database is an older copy of the one that was read from')
      readTo = position
      if (scanned > 0) {
        const page = { position, left: webhooks.length }
        pages.push(page)
        for (const webhook of webhooks) pageOf.set(keyOf(webhook), page)
      }
      return { webhooks, hasMore: scanned === countMax }
    },
    done(webhook) {
      const key = keyOf(webhook)
      doneMeanwhile?.add(key)
      const page = pageOf.get(key)
      if (!page) return
      pageOf.delete(key)
      page.left--
    },
    async save() {
      while (pages[0]?.left === 0) passed = pages.shift()?.position
      if (!passed) return
      const position = passed
      await moveEventCursor(engine, cursor, position)
      if (passed === position) passed = undefined
    },
    reset() {
      readTo = undefined
      passed = undefined
      pages = []
      pageOf.clear()
    },
  }
}
