import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { findWeakSecrets } from './inspect-secrets.js'

const strong = (): string => randomBytes(24).toString('base64url')
const secretKey = randomBytes(32).toString('base64')

test('finds keys and passwords that can be guessed, and repeats none of them', () => {
  const weak = findWeakSecrets({
    SECRET_KEY: `${secretKey},${Buffer.alloc(32, 7).toString('base64')}`,
    DATABASE_URL: 'postgres://app:hunter2@db/x',
    DATABASE_ENGINE_URL: `postgres://engine:${strong()}@db/x`,
    REDIS_URL: 'redis+sentinel://:hunter2@a:26379,b:26379/main',
  })

  expect(weak).toEqual([
    'key 2 of SECRET_KEY (has only 1 different bytes of 32)',
    'the password of DATABASE_URL (short)',
    'the password of REDIS_URL (short)',
    'one password for several roles',
  ])
  expect(weak.join()).not.toContain('hunter2')
})

test('is content with random ones, and with none where nothing asks for one', () => {
  const urls = { DATABASE_URL: `postgres://a:${strong()}@db/x`, REDIS_URL: 'redis://localhost:6379' }

  expect(findWeakSecrets({ SECRET_KEY: secretKey, ...urls })).toEqual([])
})
