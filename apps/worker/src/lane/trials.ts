import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { ClaimedDelivery } from '@tellwire/db'
import type { MessageContent } from '@tellwire/domain'
import type { LookUps, StoredFile } from '../compose/look-ups.js'

/** A delivery, and what composing it needs, as plain data. */
export interface Tried {
  delivery: ClaimedDelivery
  content: MessageContent
  lookUps: LookUps
}

/** `undecided`: the other process was not done with it in time. */
export type TrialEnd = 'survived' | 'died' | 'undecided'

/** Tries in another process whether composing a delivery does harm. */
export interface Trials {
  attempt(tried: Tried): Promise<TrialEnd>
  close(): void
}

const trialMsMax = 1_500
const startMsMax = 15_000
/** Trials are rare: the process is kept for a while, for the other suspects. */
const idleMsMax = 10_000

export function createTrials(): Trials {
  let child: ChildProcess | undefined
  let before: Promise<unknown> = Promise.resolve()
  let idle: NodeJS.Timeout | undefined

  const end = (): void => {
    child?.kill('SIGKILL')
    child = undefined
  }

  const start = async (): Promise<ChildProcess> => {
    const started = fork(fileURLToPath(new URL('./trial-process.js', import.meta.url)), [], {
      serialization: 'advanced',
      execArgv: ['--max-old-space-size=256'],
      stdio: 'ignore',
    })
    child = started
    if ((await endOf(started, startMsMax)) !== 'survived') throw new Error('no process for trials could be started')
    return started
  }

  const attempt = async (tried: Tried): Promise<TrialEnd> => {
    clearTimeout(idle)
    const process = child?.connected ? child : await start()
    const ended = endOf(process, trialMsMax)
    process.send({ ...tried, lookUps: { ...tried.lookUps, files: withoutContent(tried.lookUps.files) } })
    const how = await ended
    if (how !== 'survived') end()
    idle = setTimeout(end, idleMsMax).unref()
    return how
  }

  return {
    attempt(tried) {
      const result = before.then(() => attempt(tried))
      before = result.catch(() => undefined)
      return result
    },
    close() {
      clearTimeout(idle)
      end()
    },
  }
}

/** Waits for a message of the process. */
async function endOf(process: ChildProcess, timeoutMs: number): Promise<TrialEnd> {
  const waiting = new AbortController()
  const { signal } = waiting
  try {
    return await Promise.race([
      once(process, 'message', { signal }).then(() => 'survived' as const),
      once(process, 'exit', { signal }).then(() => 'died' as const),
      delay(timeoutMs, 'undecided' as const, { signal, ref: false }),
    ])
  } catch {
    // It could not be started.
    return 'undecided'
  } finally {
    waiting.abort()
  }
}

/** A file that is to be uploaded is opened by nobody here. */
function withoutContent(files: LookUps['files']): LookUps['files'] {
  const known: StoredFile = { kind: 'known', telegramFileId: 'tried' }
  return new Map([...files].map(([key, file]) => [key, file.kind === 'upload' ? known : file]))
}
