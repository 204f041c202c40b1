import { expect, test } from 'vitest'
import { parseRedisUrl } from './redis-url.js'

test.each([
  ['redis://localhost', { kind: 'server', hosts: [{ host: 'localhost', port: 6379 }], isTls: false }],
  [
    'rediss://app:p%40ss%2F@[::1]:6380/2',
    {
      kind: 'server',
      hosts: [{ host: '::1', port: 6380 }],
      isTls: true,
      username: 'app',
      password: 'p@ss/',
      database: 2,
    },
  ],
  [
    'redis+sentinel://:secret@a:26380,b/main/1?sentinel_password=other%20one',
    {
      kind: 'sentinel',
      hosts: [
        { host: 'a', port: 26380 },
        { host: 'b', port: 26379 },
      ],
      isTls: false,
      password: 'secret',
      masterName: 'main',
      sentinelPassword: 'other one',
      database: 1,
    },
  ],
  [
    'rediss+cluster://app:a:b@a:7000,b:7001',
    {
      kind: 'cluster',
      hosts: [
        { host: 'a', port: 7000 },
        { host: 'b', port: 7001 },
      ],
      isTls: true,
      username: 'app',
      password: 'a:b',
    },
  ],
])('%s', (url, address) => {
  expect(parseRedisUrl(url)).toEqual(address)
})

test.each([
  'http://localhost',
  'redis+sentinel://a:26379',
  'redis+ring://a:1',
  'redis://:secret@',
  'redis://:secret@host:port',
  'redis+cluster://:secret@a:1,,b:2',
])('%s is refused, without a word of what stands in it', (url) => {
  expect(() => parseRedisUrl(url)).toThrow(TypeError)
  expect(() => parseRedisUrl(url)).not.toThrow(/secret/)
})
