import { expect, test } from 'vitest'
import { createWorkerMetrics } from './metrics.js'

test('counts deliveries of which nobody knows, by cause', async () => {
  const metrics = createWorkerMetrics()

  metrics.unknown.inc({ cause: 'no_answer' })
  metrics.unknown.inc({ cause: 'worker_died' })

  const text = await metrics.registry.metrics()
  expect(text).toContain('tellwire_deliveries_unknown_total{cause="no_answer"} 1')
  expect(text).toContain('tellwire_deliveries_unknown_total{cause="worker_died"} 1')
})
