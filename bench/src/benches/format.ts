import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Lab } from '../lab.js'
import { compare, measure, type Report } from '../result.js'

const contender = fileURLToPath(new URL('../contenders/format.js', import.meta.url))
const contenders = ['ours', 'telegramify'] as const

interface Figures {
  /** Median of one message, in microseconds. */
  typicalUs: number
  /** The slowest of the hostile sources, in milliseconds, and which it was; only for ours. */
  hostileMs?: number
  hostile?: string
}

/** What it costs to turn Markdown into what Telegram takes: each round in processes of their own, in turns. */
export async function benchFormat({ isQuick }: Pick<Lab, 'isQuick'>, report: Report): Promise<void> {
  const rounds = isQuick ? 1 : 5
  const figures: Record<(typeof contenders)[number], Figures[]> = { ours: [], telegramify: [] }
  for (let round = 0; round < rounds; round++) {
    for (const name of contenders) figures[name].push(await run(name))
  }
  const typical = figures.ours.map(({ typicalUs }) => typicalUs)
  const hostile = figures.ours.map(({ hostileMs = 0 }) => hostileMs)
  const peer = figures.telegramify.map(({ typicalUs }) => typicalUs)
  const unit = 'us a message of 300 characters'
  report.set('format_vs_telegramify', compare(typical, peer, { goal: '<= 0.5', unit, n: rounds }))
  report.set('format_typical_us', measure(typical, { goal: '<= 100', unit, n: rounds }))
  const slowest = figures.ours[0]?.hostile ?? ''
  report.set(
    'format_hostile_ms',
    measure(hostile, { goal: '<= 100', unit: 'ms for 32 KiB', n: rounds, notes: { slowest } }),
  )
}

function run(name: string): Promise<Figures> {
  return new Promise((resolve, reject) => {
    const child = fork(contender, [name])
    child.once('message', (message) => resolve(message as Figures))
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`${name} ended with ${code} and told nothing`)))
  })
}
