import { Client } from './client-base.js'
import { TellwireError } from './errors.js'
import { type StreamedEvent, streamEvents, type StreamOptions } from './event-stream.js'
import { type Handlers, listen, type ListenOptions } from './listen.js'
import type { Face } from './operation.js'
import * as operations from './operations.js'
import type { ClientOptions, RequestOptions } from './transport.js'
import { waitUntil, type WaitOptions } from './wait.js'

/** Speaks to a Tellwire service with a tenant's key. */
export class Tellwire extends Client {
  readonly account = this.of(operations.account)
  readonly bots = this.of(operations.bots)
  readonly chats = this.of(operations.chats)
  readonly connectLinks = withConnected(this.of(operations.connectLinks))
  readonly connectSettings = this.of(operations.connectSettings)
  readonly connections = this.of(operations.connections)
  readonly events = {
    ...this.of(operations.events),
    /** Events as they happen, with their cursors, for as long as it is iterated. A stream that breaks is taken up where it broke. */
    stream: (options: StreamOptions = {}): AsyncGenerator<StreamedEvent, void, void> =>
      streamEvents(this.transport, options),
  }
  readonly files = this.of(operations.files)
  readonly inboxSettings = this.of(operations.inboxSettings)
  readonly keys = this.of(operations.keys)
  readonly messageSettings = this.of(operations.messageSettings)
  readonly notifications = withSettled(this.of(operations.notifications))
  readonly questions = withAnswers(this.of(operations.questions))
  readonly templates = this.of(operations.templates)
  readonly topics = this.of(operations.topics)
  readonly users = this.of(operations.users)
  readonly webhooks = this.of(operations.webhooks)

  /** @throws {TellwireError} where there is no key. */
  constructor(options: ClientOptions = {}) {
    super(options, 'TELLWIRE_API_KEY')
  }

  /**
   * Calls handlers of what happens, without a public address, until the signal ends it. Resolves then, and rejects with what a
   * handler throws or the service refuses.
   */
  listen(handlers: Handlers, options: ListenOptions = {}): Promise<void> {
    return listen(this.transport, handlers, options)
  }
}

function withConnected(links: Face<typeof operations.connectLinks>) {
  return {
    ...links,
    /**
     * Waits until a link was used.
     * @returns the link, with the connection that it made.
     * @throws {TellwireError} where it has ended otherwise, {TimeoutError} where it takes too long.
     */
    async waitUntilConnected(id: string, options?: WaitOptions) {
      const link = await waitUntil(
        (...args) => links.get(id, ...args),
        ({ status }) => status !== 'pending',
        options,
      )
      if (link.status !== 'used') throw new TellwireError(`The link ${id} is ${link.status}`)
      return link
    },
  }
}

function withSettled(notifications: Face<typeof operations.notifications>) {
  return {
    ...notifications,
    /**
     * Waits until all deliveries of a notification have ended, or only wait for a user who is not connected.
     * @throws {TimeoutError} where it takes too long.
     */
    waitUntilSettled: (id: string, options?: WaitOptions) =>
      waitUntil(
        (...args) => notifications.get(id, ...args),
        ({ status }) => status === 'settled' || status === 'held',
        options,
      ),
  }
}

function withAnswers(questions: Face<typeof operations.questions>) {
  const waitUntilEnded = (id: string, options?: WaitOptions) =>
    waitUntil(
      (...args) => questions.get(id, ...args),
      ({ status }) => status !== 'open',
      options,
    )
  return {
    ...questions,
    waitUntilEnded,
    /**
     * Asks, and waits for the end of the question: an answer, or the end of its time.
     * @returns the question; its `answer` is null where nobody answered.
     * @throws {TimeoutError} where it takes too long.
     */
    async ask(question: Parameters<typeof questions.create>[0], options: RequestOptions & WaitOptions = {}) {
      const { timeoutMs: _, ...once } = options
      const { id } = await questions.create(question, once)
      const { idempotencyKey: _key, ...wait } = options
      return waitUntilEnded(id, wait)
    },
  }
}
