import { expect, test } from 'vitest'
import { createClaimPace } from './claim-pace.js'

test.each([
  ['cheap ones that find nothing', 2, 0, 0],
  ['long ones that find much', 40, 800, 0],
  ['ones on a busy machine that find little', 18, 2, 4],
  ['long ones that find little', 45, 2, 90],
  ['very long ones that find little', 500, 2, 150],
])('%s: a claim of %i ms and %i deliveries is followed by a pause of %i ms', (_, tookMs, found, pauseMs) => {
  const pace = createClaimPace()
  for (let claim = 0; claim < 200; claim++) pace.record(tookMs, found)

  expect(Math.round(pace.pauseMs())).toBe(pauseMs)
})

test('a single slow claim changes nothing', () => {
  const pace = createClaimPace()
  for (let claim = 0; claim < 200; claim++) pace.record(2, 1)
  pace.record(30, 0)

  expect(pace.pauseMs()).toBe(0)
})
