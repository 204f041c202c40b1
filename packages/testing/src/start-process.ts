import { type ChildProcess, fork } from 'node:child_process'

export interface StartedProcess {
  child: ChildProcess
  /** What it told its parent when it was ready. */
  ready: { port?: number }
  /** All that it has written. */
  output(): string
  /** Sends a signal and waits for the end. @returns its exit code, or null when a signal ended it. */
  stop(signal?: NodeJS.Signals): Promise<number | null>
}

/** Runs a built program until it says that it is ready. */
export async function startProcess(file: string, env: Record<string, string | undefined>): Promise<StartedProcess> {
  const child = fork(file, [], {
    env: { PATH: process.env['PATH'], ...env },
    execArgv: [],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  let output = ''
  child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()))
  child.stderr?.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)))

  const ready = await new Promise<{ port?: number }>((resolve, reject) => {
    child.once('message', (message) => resolve(message as { port?: number }))
    void ended.then((code) => reject(new Error(`${file} ended with ${code} before it was ready:\n${output}`)))
  })
  return {
    child,
    ready,
    output: () => output,
    stop(signal = 'SIGTERM') {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal)
      return ended
    },
  }
}
