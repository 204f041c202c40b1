import { expect, test } from 'vitest'
import { Counter, Registry, serveMetrics } from './metrics.js'

test('serves what was counted, and nothing else', async () => {
  const registry = new Registry()
  const unknown = new Counter({ name: 'unknown_total', help: 'x', labelNames: ['cause'], registers: [registry] })
  unknown.inc({ cause: 'no_answer' })
  const server = await serveMetrics(registry, 0)

  const metrics = await fetch(`http://127.0.0.1:${server.port}/metrics`)
  const other = await fetch(`http://127.0.0.1:${server.port}/`)

  expect(metrics.headers.get('content-type')).toMatch(/^text\/plain/)
  expect(await metrics.text()).toContain('unknown_total{cause="no_answer"} 1')
  expect(other.status).toBe(404)
  await server.close()
})
