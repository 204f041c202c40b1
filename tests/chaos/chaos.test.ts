import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { spawn } from 'node:child_process'
import { findRedisServer } from '@tellwire/testing'
import { expect, test } from 'vitest'

const program = fileURLToPath(new URL('../../bench/dist/chaos/main.js', import.meta.url))

test.runIf(findRedisServer())(
  'loses nothing while processes are killed, Redis goes away and Postgres restarts',
  { timeout: 240_000 },
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tellwire-chaos-'))
    const file = join(folder, 'result.json')
    const child = spawn(process.execPath, [program, '--short', '--json', file], { stdio: 'ignore' })
    await new Promise((resolve) => child.once('exit', resolve))

    const result = JSON.parse(await readFile(file, 'utf8'))
    await rm(folder, { recursive: true })

    expect(result).toMatchObject({ lost: 0, unsettled: 0, rate_limited: 0, kills: 3, flushes: 1, pg_restarts: 1 })
    expect(result.accepted).toBeGreaterThan(300)
    expect(result.max_sliding_second).toBeLessThanOrEqual(result.rate)
    expect(result.duplicates).toBeLessThanOrEqual(result.in_flight_at_kills + result.in_flight_at_restarts)
    expect(result.repeats_of_cut_answers).toBeLessThanOrEqual(result.answers_cut)
  },
)
