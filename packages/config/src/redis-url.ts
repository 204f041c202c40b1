/** Where a Redis is: one server, the master that Sentinels name, or a Cluster. */
export interface RedisAddress {
  kind: 'server' | 'sentinel' | 'cluster'
  hosts: { host: string; port: number }[]
  isTls: boolean
  username?: string
  password?: string
  /** Of the master, as the Sentinels know it. */
  masterName?: string
  sentinelPassword?: string
  /** The number of the database; a Cluster has none. */
  database?: number
}

const parts = /^(rediss?)(?:\+(sentinel|cluster))?:\/\/(?:([^@/?#]*)@)?([^/?#]*)(?:\/([^?#]*))?(?:\?(.*))?$/

/**
 * Reads an address: `redis://host:6379/0`, `redis+sentinel://host:26379,host:26379/name-of-master/0`, with the Sentinels' own
 * password as `?sentinel_password=`, or `redis+cluster://host:6379,host:6379`; `rediss` in place of `redis` for TLS.
 * User and password stand before `@`, percent-encoded.
 * @throws {TypeError} it does not repeat the address, in which there may be a password.
 */
export function parseRedisUrl(url: string): RedisAddress {
  const [, scheme, form = 'server', user = '', hostList = '', path = '', query = ''] = parts.exec(url) ?? []
  if (scheme === undefined) throw new TypeError('the address of Redis has none of its forms')
  const kind = form as RedisAddress['kind']
  const segments = path.split('/').filter((segment) => segment !== '')
  const masterName = kind === 'sentinel' ? segments.shift() : undefined
  if (kind === 'sentinel' && masterName === undefined) {
    throw new TypeError('the address of Sentinels ends with the name of their master')
  }
  const colon = user.indexOf(':')
  const [username, password] = colon === -1 ? [user, ''] : [user.slice(0, colon), user.slice(colon + 1)]
  const sentinelPassword = new URLSearchParams(query).get('sentinel_password') ?? ''
  const [database] = segments
  return {
    kind,
    hosts: hostList.split(',').map((host) => parseHost(host, kind === 'sentinel' ? 26_379 : 6_379)),
    isTls: scheme === 'rediss',
    ...(username === '' ? {} : { username: decodeURIComponent(username) }),
    ...(password === '' ? {} : { password: decodeURIComponent(password) }),
    ...(masterName === undefined ? {} : { masterName: decodeURIComponent(masterName) }),
    ...(sentinelPassword === '' ? {} : { sentinelPassword }),
    ...(database === undefined ? {} : { database: parseWhole(database, 'the number of the database') }),
  }
}

function parseHost(text: string, standardPort: number): { host: string; port: number } {
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:]+))(?::(.+))?$/.exec(text) ?? []
  const host = bracketed ?? plain
  if (host === undefined) throw new TypeError('the address of Redis names no host')
  return { host, port: port === undefined ? standardPort : parseWhole(port, 'a port') }
}

function parseWhole(text: string, named: string): number {
  if (!/^\d{1,5}$/.test(text)) throw new TypeError(`in the address of Redis, ${named} is no number`)
  return Number(text)
}
