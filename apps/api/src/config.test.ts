import { ConfigError } from '@tellwire/config'
import { generateKey } from '@tellwire/domain'
import { expect, test } from 'vitest'
import { readConfig } from './config.js'

const env = { DATABASE_URL: 'postgres://localhost/x', SECRET_KEY: Buffer.alloc(32, 1).toString('base64') }

test('takes keys that are well-formed', () => {
  const [adminKey, tenantKey] = [generateKey('admin'), generateKey('live')]
  const config = readConfig({ ...env, TELLWIRE_ADMIN_KEY: adminKey, TELLWIRE_TENANT_KEY: tenantKey })

  expect(config).toMatchObject({ TELLWIRE_ADMIN_KEY: adminKey, TELLWIRE_TENANT_KEY: tenantKey })
})

test.each([
  ['TELLWIRE_ADMIN_KEY', 'secret'],
  ['TELLWIRE_ADMIN_KEY', generateKey('live')],
  ['TELLWIRE_TENANT_KEY', `${generateKey('live').slice(0, -1)}_`],
])('refuses a %s in a sentence, without the value', (name, value) => {
  const read = () => readConfig({ ...env, [name]: value })

  expect(read).toThrow(ConfigError)
  expect(read).toThrow(`${name} must be a key as node apps/api/dist/make-key.js`)
  expect(read).not.toThrow(value)
})
