import type { Queue } from 'bullmq'
import type { Static, TObject } from 'typebox'
import { announce, type Announcement } from './announcements.js'
import type { JobBackend } from './backend.js'
import type { JobContract } from './job-contract.js'

/** Tells the workers that there is something to do. */
export interface Waker {
  /**
   * Never fails and never has to be waited for: what a lost wake-up would have told, the sweep finds.
   * While one wake-up of a key is on its way, any number of further ones become one that follows it.
   */
  wake<Schema extends TObject>(contract: JobContract<Schema>, payload: Static<Schema>): void
  /** The same for one who would do the work itself otherwise. @returns whether the queue took it. */
  handOver<Schema extends TObject>(contract: JobContract<Schema>, payload: Static<Schema>): Promise<boolean>
  /** Tells whoever listens right now; it may get lost. */
  tell(announcement: Announcement, key: string): void
  /** Waits for the wake-ups that are on their way. */
  close(): Promise<void>
}

export function createWaker(backend: JobBackend, onError: (error: Error) => void): Waker {
  const queues = new Map<string, Queue>()
  const hasWorked = new WeakSet<Queue>()
  const underway = new Map<string, { isWantedAgain: boolean; done: Promise<void> }>()

  const queueOf = (name: string): Queue => {
    let queue = queues.get(name)
    if (!queue) {
      queue = backend.createQueue(name)
      queue.on('error', onError)
      queues.set(name, queue)
    }
    return queue
  }

  /** One whose first use has failed fails for ever: it has asked once whether the store is there, and keeps the answer. */
  const forget = (name: string, queue: Queue): void => {
    if (queues.get(name) === queue) queues.delete(name)
    queue.close().catch(onError)
  }

  const add = async (contract: JobContract, payload: unknown, key: string): Promise<void> => {
    // The direct word is milliseconds faster than the job; the job is what gets there.
    if (contract.announcement) announce(backend, contract.announcement, key, onError)
    const queue = queueOf(contract.name)
    try {
      await queue.add(contract.name, payload, {
        deduplication: { id: key, keepLastIfActive: true },
        removeOnComplete: true,
        removeOnFail: { count: 100 },
      })
      hasWorked.add(queue)
    } catch (error) {
      if (!hasWorked.has(queue)) forget(contract.name, queue)
      throw error
    }
  }

  const wake = (contract: JobContract, payload: Static<TObject>): void => {
    const key = contract.key(payload)
    const id = `${contract.name} ${key}`
    const current = underway.get(id)
    if (current) {
      current.isWantedAgain = true
      return
    }
    const entry = { isWantedAgain: false, done: Promise.resolve() }
    underway.set(id, entry)
    entry.done = add(contract, payload, key)
      .catch(onError)
      .then(() => {
        underway.delete(id)
        if (entry.isWantedAgain) wake(contract, payload)
      })
  }

  const handOver = async (contract: JobContract, payload: Static<TObject>): Promise<boolean> => {
    try {
      await add(contract, payload, contract.key(payload))
      return true
    } catch (error) {
      onError(error instanceof Error ? error : new Error(String(error)))
      return false
    }
  }

  const close = async (): Promise<void> => {
    while (underway.size > 0) await Promise.all([...underway.values()].map(({ done }) => done))
    await Promise.all([...queues.values()].map((queue) => queue.close()))
  }

  return { wake, handOver, tell: (announcement, key) => announce(backend, announcement, key, onError), close }
}
