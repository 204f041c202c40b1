import { expect, test } from 'vitest'
import { readServiceEnv } from './read-service-env.js'

test.each([
  ['redis+cluster://a:7000,b:7001', 'redis+cluster://:p%40%2F@a:7000,b:7001'],
  ['redis+sentinel://app@a,b:26380/main/1', 'redis+sentinel://app:p%40%2F@a,b:26380/main/1'],
  ['redis://localhost:6379', 'redis://:p%40%2F@localhost:6379'],
])('a password is put into %s', (address, whole) => {
  expect(readServiceEnv({ REDIS_URL: address, REDIS_PASSWORD: 'p@/' })['REDIS_URL']).toBe(whole)
})
