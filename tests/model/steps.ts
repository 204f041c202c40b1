import fc from 'fast-check'

/** A step of a run. A place in a list is any number: it is taken modulo the length of the list. */
export type Step =
  | {
      kind: 'accept'
      to: 'one' | 'some' | 'everyone'
      user: number
      priority: 'high' | 'normal' | 'bulk'
      ttl: number | undefined
      /** In how many milliseconds it is due. */
      sendInMs: number | undefined
      onUnknown: 'resend' | 'stop'
    }
  | { kind: 'cancel' | 'pause' | 'resume' | 'edit' | 'delete'; which: number }
  | { kind: 'replay' }
  | { kind: 'block' | 'unblock'; user: number }
  | { kind: 'fault'; user: number; how: Fault }
  | { kind: 'upgrade'; group: number }
  | { kind: 'rate'; rate: number }
  | { kind: 'token' }
  | { kind: 'worker' | 'api'; signal: 'SIGKILL' | 'SIGTERM' }
  | { kind: 'stall'; ms: number }
  | { kind: 'cut' }

/** As the sandbox takes them. */
export type Fault =
  | { kind: 'status'; status: number; retry_after?: number }
  | { kind: 'timeout_before' | 'timeout_after' | 'reset' }

const place = fc.nat({ max: 1_000 })
const sometimes = <Value>(value: fc.Arbitrary<Value>) =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: value })

const accept: fc.Arbitrary<Step> = fc.record({
  kind: fc.constant('accept' as const),
  to: fc.oneof(
    { weight: 12, arbitrary: fc.constant('one' as const) },
    { weight: 3, arbitrary: fc.constant('some' as const) },
    { weight: 1, arbitrary: fc.constant('everyone' as const) },
  ),
  user: place,
  priority: fc.constantFrom('high', 'normal', 'normal', 'bulk'),
  ttl: sometimes(fc.integer({ min: 1, max: 20 })),
  sendInMs: sometimes(fc.integer({ min: 500, max: 6_000 })),
  onUnknown: fc.constantFrom('resend', 'resend', 'stop'),
})

const fault: fc.Arbitrary<Step> = fc.record({
  kind: fc.constant('fault' as const),
  user: place,
  how: fc.oneof(
    fc.record({ kind: fc.constant('status' as const), status: fc.constantFrom(500, 502) }),
    fc.record({
      kind: fc.constant('status' as const),
      status: fc.constant(429),
      retry_after: fc.integer({ min: 1, max: 8 }),
    }),
    fc.record({ kind: fc.constantFrom('timeout_before' as const, 'timeout_after' as const, 'reset' as const) }),
  ),
})

const ofOne = (kind: 'cancel' | 'pause' | 'resume' | 'edit' | 'delete') =>
  fc.record({ kind: fc.constant(kind), which: place })

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 60, arbitrary: accept },
  { weight: 8, arbitrary: ofOne('cancel') },
  { weight: 5, arbitrary: ofOne('pause') },
  { weight: 5, arbitrary: ofOne('resume') },
  { weight: 10, arbitrary: ofOne('edit') },
  { weight: 2, arbitrary: ofOne('delete') },
  { weight: 2, arbitrary: fc.constant({ kind: 'replay' as const }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constantFrom('block' as const, 'unblock' as const, 'unblock' as const),
      user: place,
    }),
  },
  { weight: 8, arbitrary: fault },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('upgrade' as const), group: place }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('rate' as const), rate: fc.integer({ min: 5, max: 30 }) }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'token' as const }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constantFrom('worker' as const, 'worker' as const, 'api' as const),
      signal: fc.constantFrom('SIGKILL', 'SIGTERM'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('stall' as const), ms: fc.integer({ min: 500, max: 9_000 }) }),
  },
  { weight: 2, arbitrary: fc.constant({ kind: 'cut' as const }) },
)

/** The steps of a run; the same for the same seed. */
export function drawSteps(seed: number, count: number): Step[] {
  return fc.sample(fc.array(step, { minLength: count, maxLength: count }), { seed, numRuns: 1 })[0] ?? []
}
