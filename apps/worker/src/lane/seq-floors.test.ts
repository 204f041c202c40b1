import type { Claim, ClaimRequest, SeenSeqs } from '@tellwire/db'
import { expect, test } from 'vitest'
import { createSeqFloors } from './seq-floors.js'

const none = undefined

type Asked = ReturnType<ReturnType<typeof createSeqFloors>['ask']>

/** A claim that was sent at a time and saw this; its snapshot is newer than those of all before. */
function createLab() {
  let nowMs = 0
  const floors = createSeqFloors(() => nowMs)
  let xid = 1n
  return {
    ask: (botId: string, atMs: number): Asked => floors.ask(botId, atMs),
    /** The database is put back to an older state: its transactions are numbered from there. */
    putBack: () => void (xid = 0n),
    record: (botId: string, atMs: number, lowest: SeenSeqs['lowest'], highest: bigint | undefined) => {
      xid += 10n
      nowMs = atMs
      const seqs: SeenSeqs = { lowest, highest, xmin: xid, xmax: xid }
      const { seqFloors, tellsSeqs } = floors.ask(botId, atMs)
      const request = { botId, seqFloors, tellsSeqs } as ClaimRequest
      floors.record(request, { seqs } as Claim, atMs)
    },
  }
}

/** After that, numbers up to 1,000 are settled. */
function createSettledLab() {
  const lab = createLab()
  lab.record('a', 0, [none, none, none], 1_000n)
  lab.record('a', 3_000, [none, none, none], 2_000n)
  return { ...lab, beganAtMs: 3_000 }
}

test('a lane is looked at as a whole at first, and within a minute each time', () => {
  const { ask, record, beganAtMs } = createSettledLab()
  const whole = { seqFloors: [0n, 0n, 0n], tellsSeqs: true }

  expect(ask('b', beganAtMs)).toEqual({ ...whole, isAnew: false })
  record('b', beganAtMs, [none, 500n, none], 2_000n)
  const known = { seqFloors: [1_000n, 500n, 1_000n], isAnew: false }
  expect(ask('b', beganAtMs + 500)).toEqual({ ...known, tellsSeqs: false })
  expect(ask('b', beganAtMs + 1_500)).toEqual({ ...known, tellsSeqs: true })
  record('b', beganAtMs + 1_500, [none, none, none], none)
  expect(ask('b', beganAtMs + 44_000)).toMatchObject({ seqFloors: [1_000n, 1_000n, 1_000n] })
  expect(ask('b', beganAtMs + 60_000)).toEqual({ ...whole, isAnew: true })
})

test('of what was not seen as a whole the former number stays', () => {
  const { ask, record, beganAtMs } = createSettledLab()
  record('b', beganAtMs, [300n, 500n, null], 2_000n)

  record('b', beganAtMs + 2_000, [null, 700n, null], 2_000n)

  expect(ask('b', beganAtMs + 2_000).seqFloors).toEqual([300n, 700n, 0n])
})

test('nothing that is not settled is passed over', () => {
  const { ask, record } = createLab()

  record('a', 0, [none, 900n, none], 1_000n)

  expect(ask('a', 500).seqFloors).toEqual([0n, 0n, 0n])
})

test('a look at the whole lane that fails, or does not see all, costs no number that is known', () => {
  const { ask, record, beganAtMs } = createSettledLab()
  record('b', beganAtMs, [none, 500n, none], 2_000n)
  const known = [1_000n, 500n, 1_000n]

  expect(ask('b', beganAtMs + 60_000).seqFloors).toEqual([0n, 0n, 0n])
  expect(ask('b', beganAtMs + 60_001).seqFloors).toEqual(known)
  record('b', beganAtMs + 120_000, [none, null, null], 2_000n)
  expect(ask('b', beganAtMs + 120_500).seqFloors).toEqual([2_000n, 500n, 1_000n])
})

test('where the database was put back, numbers are drawn again, and none is known', () => {
  const { ask, record, putBack, beganAtMs } = createSettledLab()
  record('b', beganAtMs, [none, none, none], 2_000n)

  putBack()
  record('a', beganAtMs + 3_000, [none, none, none], 400n)

  expect(ask('b', beganAtMs + 3_500)).toEqual({ seqFloors: [0n, 0n, 0n], tellsSeqs: true, isAnew: false })
  expect(ask('a', beganAtMs + 3_500).seqFloors).toEqual([0n, 0n, 0n])
})
