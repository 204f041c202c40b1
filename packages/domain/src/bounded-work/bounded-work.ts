/**
 * Work whose cost a tenant's input decides runs in threads: the process goes on meanwhile, tenants take turns, and a
 * thread that is not done in time, or takes too much memory, is ended from outside.
 */
import { createRequire } from 'node:module'
import { Worker } from 'node:worker_threads'
import { createFairQueue } from '../fairness/fair-queue.js'
import { type DescribedError, reviveError } from './errors.js'
import type { TaskInput, TaskName, TaskResult } from './tasks.js'

/** The work took more time or memory than it may. */
export class BudgetExceeded extends Error {
  override readonly name = 'BudgetExceeded'
}

export interface BoundedWork {
  /**
   * Does a task for a tenant.
   * @throws {BudgetExceeded}, and what the task throws.
   */
  run<Name extends TaskName>(tenantId: string, name: Name, input: TaskInput<Name>): Promise<TaskResult<Name>>
  /** Ends the threads; what waits is never done. */
  close(): Promise<void>
}

interface Waiting {
  name: TaskName
  input: unknown
  /** The process may have been busy with something else: once it is tried again, with more time. */
  isSecondTry: boolean
  resolve: (result: unknown) => void
  reject: (error: unknown) => void
}

/**
 * How much of the processor a task may take, in milliseconds. It takes no more than time passes, and no more than the whole
 * process takes meanwhile: the lesser counts, so that neither a neighbour in the process costs a task much, nor a machine that
 * is busy with something else, or stands still.
 */
const firstBudgetMs = 200
const secondBudgetMs = 1_000
/** How long a task, and reading what a thread is made of, may take whatever they are given of the processor. */
const deadlineMs = 30_000
const threadsMax = 2
const memoryMaxMb = 192

// As a file of its own, wherever this one was compiled to.
const threadFile = createRequire(import.meta.url).resolve('@tellwire/domain/thread')

export function createBoundedWork(): BoundedWork {
  const waiting = createFairQueue<{ tenantId: string; work: Waiting }>()
  const idle: Thread[] = []
  const threads = new Set<Thread>()

  const begin = (): void => {
    while (waiting.size > 0) {
      const thread = idle.pop() ?? (threads.size < threadsMax ? start() : undefined)
      const next = thread && waiting.take()
      if (!next) return
      void perform(thread, next.tenantId, next.work)
    }
  }

  const start = (): Thread => {
    const thread = startThread()
    threads.add(thread)
    return thread
  }

  const perform = async (thread: Thread, tenantId: string, work: Waiting): Promise<void> => {
    const answer = await thread.do(work.name, work.input, work.isSecondTry ? secondBudgetMs : firstBudgetMs)
    if (thread.isEnded()) threads.delete(thread)
    else idle.push(thread)
    if ('result' in answer) work.resolve(answer.result)
    else if ('error' in answer) work.reject(reviveError(answer.error))
    else if (work.isSecondTry) work.reject(new BudgetExceeded(`${work.name} took more than it may`))
    else waiting.add(tenantId, { tenantId, work: { ...work, isSecondTry: true } })
    begin()
  }

  return {
    run: (tenantId, name, input) =>
      new Promise((resolve, reject) => {
        // What comes back is what the task of this name returns.
        const work = { name, input, isSecondTry: false, resolve: resolve as (result: unknown) => void, reject }
        waiting.add(tenantId, { tenantId, work })
        begin()
      }),
    close: async () => {
      await Promise.all([...threads].map((thread) => thread.end()))
    },
  }
}

type Answer = { result: unknown } | { error: DescribedError } | { isOver: true }

interface Thread {
  /** Does a task. A thread that is not done with a budget in milliseconds, or dies of it, is over. */
  do(name: TaskName, input: unknown, taskBudgetMs: number): Promise<Answer>
  isEnded(): boolean
  end(): Promise<unknown>
}

function startThread(): Thread {
  const worker = new Worker(threadFile, {
    resourceLimits: { maxOldGenerationSizeMb: memoryMaxMb },
    // Nothing of the process's own settings, such as a larger heap, is for a thread.
    execArgv: [],
  })
  let isEnded = false
  let onAnswer: ((answer: Answer) => void) | undefined
  const over = (): void => {
    isEnded = true
    onAnswer?.({ isOver: true })
  }
  worker.once('error', over)
  // An answer that cannot be read is none.
  worker.once('messageerror', over)
  worker.once('exit', over)
  const ready = new Promise<void>((resolve) => {
    worker.on('message', (message: Answer | { isReady: true }) => {
      if ('isReady' in message) resolve()
      else onAnswer?.(message)
    })
  })
  worker.unref()

  return {
    isEnded: () => isEnded,
    end: () => worker.terminate(),
    do: (name, input, taskBudgetMs) =>
      new Promise((resolve) => {
        let stopWatching = (): void => undefined
        const end = (): void => {
          over()
          void worker.terminate()
        }
        onAnswer = (answer) => {
          stopWatching()
          onAnswer = undefined
          resolve(answer)
        }
        if (isEnded) return onAnswer({ isOver: true })
        stopWatching = watchBudget(deadlineMs, end)
        void ready.then(() => {
          if (onAnswer === undefined) return
          stopWatching()
          stopWatching = watchBudget(taskBudgetMs, end)
          worker.postMessage({ name, input })
        })
      }),
  }
}

/** Calls back when so much of the processor may have been taken since now, or at the deadline. @returns how to stop that. */
function watchBudget(budgetMs: number, onSpent: () => void): () => void {
  const before = process.cpuUsage()
  const beganAtMs = performance.now()
  let timer: NodeJS.Timeout | undefined
  let immediate: NodeJS.Immediate | undefined
  const look = (): void => {
    const { user, system } = process.cpuUsage(before)
    const passedMs = performance.now() - beganAtMs
    const leftMs = Math.min(budgetMs - Math.min(passedMs, (user + system) / 1_000), deadlineMs - passedMs)
    if (leftMs > 0) timer = setTimeout(look, Math.ceil(leftMs))
    // An answer that came while this thread was busy is read before that.
    else immediate = setImmediate(onSpent)
  }
  timer = setTimeout(look, budgetMs)
  return () => {
    clearTimeout(timer)
    clearImmediate(immediate)
  }
}
