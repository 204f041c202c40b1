import { setTimeout as delay } from 'node:timers/promises'
import { Readable } from 'node:stream'
import { comparePositions, type EventPage, type EventPosition, type StoredEvent } from '@tellwire/db'
import { makeEventCursor, showEvent } from '@tellwire/domain'
import type { EventFeed } from './event-feed.js'

export interface StreamOptions {
  feed: EventFeed
  tenantId: string
  epoch: string
  /** Where it begins. */
  after: EventPosition
  /** Whether a type of event was asked for. */
  isWanted: (type: string) => boolean
  /** Reads what comes after a position, which it asks for when its turn has come. */
  read: (begin: () => EventPosition) => Promise<EventPage>
  /** Is called at the beginning, and every 15 seconds while the stream is open. */
  onBeat: () => void
  onError: (error: unknown) => void
}

const heartbeatMs = 15_000
const failedPauseMs = 1_000
const emptyPauseMs = 20

/**
 * A tenant's events as server-sent events. It reads up to the present, and is told of what is new from then on. Where the caller
 * does not take what is sent, nothing is kept for it: it reads on from where it was when it takes more. Its place is told also
 * where nothing happens that was asked for: whoever connects anew misses nothing, and nothing is looked through again.
 */
export class EventStream extends Readable {
  readonly #options: StreamOptions
  #position: EventPosition
  #isLive = false
  #isReading = false
  /** Events came while it was reading. */
  #hasMissed = false
  #isFull = false
  #unfollow: (() => void) | undefined
  readonly #heartbeat: NodeJS.Timeout

  constructor(options: StreamOptions) {
    super({ highWaterMark: 65_536 })
    this.#options = options
    this.#position = options.after
    // Browsers connect anew by themselves after so long.
    this.push('retry: 2000\n\n')
    options.onBeat()
    this.#heartbeat = setInterval(() => {
      options.onBeat()
      if (!this.#isFull) this.#tellPlace()
    }, heartbeatMs)
    void this.#begin()
  }

  override _read(): void {
    this.#isFull = false
    if (!this.#isLive) void this.#readOn()
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    clearInterval(this.#heartbeat)
    this.#unfollow?.()
    callback(error)
  }

  async #begin(): Promise<void> {
    const { feed, tenantId } = this.#options
    const unfollow = await feed.follow(tenantId, (events) => this.#takeNew(events))
    if (this.destroyed) return unfollow()
    this.#unfollow = unfollow
    await this.#readOn()
  }

  #takeNew(events: readonly StoredEvent[]): void {
    if (!this.#isLive) this.#hasMissed = true
    else for (const event of events) if (this.#isLive) this.#send(event)
  }

  async #readOn(): Promise<void> {
    if (this.#isReading || this.#unfollow === undefined) return
    this.#isReading = true
    while (!this.#isFull && !this.destroyed && !this.#isLive) {
      try {
        const page = await this.#options.read(() => {
          this.#hasMissed = false
          return this.#position
        })
        for (const event of page.events) if (!this.#isFull) this.#send(event)
        if (!this.#isFull) {
          this.#position = page.position
          this.#isLive = page.isComplete && !this.#hasMissed
          if (this.#isLive) this.#tellPlace()
          // Nothing holds it back where nothing of what there is was asked for.
          else if (page.events.length === 0) await delay(emptyPauseMs)
        }
      } catch (error) {
        this.#options.onError(error)
        // The database is away for a moment.
        await delay(failedPauseMs)
      }
    }
    this.#isReading = false
  }

  #tellPlace(): void {
    const toldTo = this.#isLive ? this.#options.feed.toldTo() : undefined
    if (toldTo && comparePositions(toldTo, this.#position) > 0) this.#position = toldTo
    this.push(`: still here\nid: ${makeEventCursor(this.#options.epoch, this.#options.tenantId, this.#position)}\n\n`)
  }

  #send(event: StoredEvent): void {
    if (this.destroyed || comparePositions(event, this.#position) <= 0) return
    const { xid, id, type } = event
    this.#position = { xid, id }
    if (!this.#options.isWanted(type)) return
    const cursor = makeEventCursor(this.#options.epoch, this.#options.tenantId, this.#position)
    const isTaken = this.push(`id: ${cursor}\nevent: ${type}\ndata: ${JSON.stringify(showEvent(event))}\n\n`)
    if (isTaken) return
    this.#isFull = true
    this.#isLive = false
  }
}
