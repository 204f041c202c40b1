/**
 * `npm run bench:against -- COMMIT [--only KEY,…] [--rounds N] [--json FILE]`: this checkout and an earlier one, in turn, each
 * with its own benchmarks in quick mode. Where one is slower in every round the code is, or what its benchmarks measure,
 * and not the machine.
 */
import { spawn } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readOptions } from '../options.js'
import type { Outcome } from '../result.js'
import { compareRounds, type Round, showComparison } from './compare-rounds.js'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const signals = ['SIGINT', 'SIGTERM'] as const
const usage = 'npm run bench:against -- COMMIT [--only KEY,…] [--rounds N] [--json FILE]'

const { values: options, positionals } = readOptions(usage, {
  allowPositionals: true,
  options: { only: { type: 'string' }, rounds: { type: 'string', default: '3' }, json: { type: 'string' } },
})
const [commit] = positionals
const roundsMax = Number(options.rounds)
if (commit === undefined || positionals.length > 1 || !Number.isInteger(roundsMax) || roundsMax < 1) {
  console.error(`Say which commit: ${usage}`)
  process.exit(1)
}

const folder = await mkdtemp(join(tmpdir(), 'tellwire-against-'))
process.once('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }))

try {
  const earlier = join(folder, 'checkout')
  await run('git', ['clone', '--quiet', '--no-checkout', root, earlier], root)
  await run('git', ['checkout', '--quiet', '--detach', commit], earlier)
  const rounds: Round[] = []
  for (let round = 1; round <= roundsMax; round++) {
    console.error(`round ${round} of ${roundsMax}`)
    rounds.push({ earlier: await bench(earlier), now: await bench(root) })
  }
  const comparison = compareRounds(rounds)
  // It is all that goes to standard output.
  console.log(showComparison(comparison, commit))
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(comparison, undefined, 2)}\n`)
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error))
  process.exitCode = 1
}

async function bench(checkout: string): Promise<Record<string, Outcome>> {
  const file = join(folder, 'report.json')
  const only = options.only === undefined ? [] : ['--only', options.only]
  await run(process.execPath, ['scripts/bench.js', 'main', '--quick', '--json', file, ...only], checkout)
  const { meta: _meta, ...report } = JSON.parse(readFileSync(file, 'utf8')) as Record<string, Outcome>
  return report
}

/**
 * Runs a command. What it says goes to standard error: what is said here is the comparison alone. A signal goes to all that it
 * has begun, which clears its own away and fails.
 */
function run(command: string, args: readonly string[], cwd: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, stdio: ['ignore', 2, 2], detached: true })
    const pass = (signal: NodeJS.Signals): boolean => child.pid !== undefined && process.kill(-child.pid, signal)
    for (const signal of signals) process.on(signal, pass)
    child.once('error', reject)
    child.once('close', (code) => {
      for (const signal of signals) process.off(signal, pass)
      if (code === 0) resolve()
      else reject(new Error(`"${[command, ...args].join(' ')}" failed.`))
    })
  })
}
