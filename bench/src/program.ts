import { type ChildProcess, fork } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export interface Program {
  child: ChildProcess
  port: number
  /** CPU time that it has used, in milliseconds. */
  cpuMs(): number
  /** Asks for its memory after a garbage collection, in bytes. */
  stop(signal?: NodeJS.Signals): Promise<void>
}

const running = new Set<ChildProcess>()

/** Ends everything that was started and still runs. */
export function killPrograms(): void {
  for (const child of running) child.kill('SIGKILL')
}

/** Runs a Node program until it tells that it is ready. Its output is thrown away; errors are shown. */
export async function runProgram(
  file: URL,
  env: Record<string, string | undefined>,
  execArgv: string[] = [],
): Promise<Program> {
  const child = fork(fileURLToPath(file), [], {
    env: { PATH: process.env['PATH'], ...env },
    execArgv,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    serialization: 'advanced',
  })
  running.add(child)
  const ended = new Promise<void>((resolve) =>
    child.once('exit', () => {
      running.delete(child)
      resolve()
    }),
  )
  const port = await new Promise<number>((resolve, reject) => {
    child.once('message', (message: { port?: number }) => resolve(message.port ?? 0))
    void ended.then(() => reject(new Error(`${file.pathname} ended before it was ready`)))
  })
  return {
    child,
    port,
    cpuMs: () => readCpuMs(child.pid ?? 0),
    async stop(signal = 'SIGTERM') {
      child.kill(signal)
      await ended
    },
  }
}

/** Of one process, from /proc; 0 where there is none. */
export function readCpuMs(pid: number): number {
  const { user, system } = readTicks(pid)
  return (user + system) * tickMs
}

/** Of a process, its children that run, and those that it waited for. */
export function readTreeCpuMs(pid: number): number {
  const own = readTicks(pid)
  const children = readChildren(pid).reduce((sum, child) => sum + readTreeCpuMs(child), 0)
  return (own.user + own.system + own.ended) * tickMs + children
}

const tickMs = 10

function readTicks(pid: number): { user: number; system: number; ended: number } {
  try {
    // After the name, which may hold anything.
    const [, rest = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(/\) /)
    const [user = 0, system = 0, endedUser = 0, endedSystem = 0] = rest.split(' ').slice(11, 15).map(Number)
    return { user, system, ended: endedUser + endedSystem }
  } catch {
    return { user: 0, system: 0, ended: 0 }
  }
}

function readChildren(pid: number): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number)
  } catch {
    return []
  }
}
