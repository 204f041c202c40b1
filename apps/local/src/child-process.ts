import { fork } from 'node:child_process'
import { openSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { StartError } from './start-error.js'

/** A process that needs more has lost its way, and is started again. */
const heapMaxMb = 512

export interface Child {
  name: string
  pid: number
  /** Resolves when it is at work; rejects when it ends before. */
  ready: Promise<void>
  /** Resolves when it has ended, whoever ended it. */
  ended: Promise<void>
  /** Asks it to finish what it does, and waits. */
  stop(): Promise<void>
}

/**
 * Starts one of our programs. It has a process group of its own, so that a Ctrl-C reaches only us and we
 * choose the order of the end; when we die, it ends by itself.
 */
export function startChild(name: string, env: Record<string, string | undefined>, logFile: string): Child {
  const log = openSync(logFile, 'a', 0o600)
  const child = fork(fileURLToPath(new URL(`../../${name}/bundle/main.js`, import.meta.url)), [], {
    detached: true,
    env,
    execArgv: [`--max-old-space-size=${heapMaxMb}`],
    stdio: ['ignore', log, log, 'ipc'],
  })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const ready = new Promise<void>((resolve, reject) => {
    child.once('message', () => resolve())
    child.once('exit', () => reject(new StartError(`The ${name} did not start: see ${logFile}.`)))
  })
  // Whoever awaits it hears of a failure; until then it is nobody's.
  ready.catch(() => undefined)
  return {
    name,
    pid: child.pid ?? 0,
    ready,
    ended,
    async stop() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM')
      await ended
    },
  }
}
