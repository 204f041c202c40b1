import { PostgresError } from '@tellwire/embedded-postgres'
import { ConfigError } from '@tellwire/config'
import { MigrationError } from '@tellwire/db'
import { type LocalConfig, readConfig } from './config.js'
import { startLocal } from './start-local.js'
import { StartError } from './start-error.js'

const isJson = process.argv.includes('--json')
// In JSON mode standard output holds one line, so everything else goes to standard error.
const say = (line: string): void => void (isJson ? process.stderr : process.stdout).write(`${line}\n`)

// A terminal or a pipe that has gone is no reason to leave processes behind.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)

const stopping = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stopping.abort())

/** Resolves when the process is asked to stop. */
const stopped = new Promise<void>((resolve) =>
  stopping.signal.addEventListener('abort', () => resolve(), { once: true }),
)

/** What the person can mend is one sentence; anything else keeps its stack. */
function explain(error: unknown): string {
  const isExpected = [StartError, PostgresError, ConfigError, MigrationError].some((kind) => error instanceof kind)
  if (isExpected && error instanceof Error) return error.message
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

async function run(config: LocalConfig): Promise<void> {
  const local = startLocal(config, { say, signal: stopping.signal })
  try {
    const facts = await local.ready
    if (isJson) process.stdout.write(`${JSON.stringify(facts)}\n`)
    await Promise.race([local.failed, stopped])
  } finally {
    if (stopping.signal.aborted) say('Stopping …')
    await local.stop()
  }
}

try {
  await run(readConfig(process.env))
  process.exit(0)
} catch (error) {
  if (stopping.signal.aborted) process.exit(0)
  process.stderr.write(`\n${explain(error)}\n`)
  process.exit(1)
}
