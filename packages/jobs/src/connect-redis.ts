import { parseRedisUrl } from '@tellwire/config'
import { Cluster, Redis } from 'ioredis'

export interface RedisBehaviour {
  /** Whether commands wait while there is no connection. */
  enableOfflineQueue?: boolean
  /** How often a command is tried; null for ever. */
  maxRetriesPerRequest: number | null
  /** How long an answer is waited for, in milliseconds. */
  commandTimeout?: number
}

/**
 * Connects to a Redis of any form. A Cluster shares what it does not answer itself among its nodes, and tells each
 * node's subscribers what was published on another.
 * @throws {TypeError} see {@link parseRedisUrl}.
 */
export function connectToRedis(url: string, behaviour: RedisBehaviour): Redis | Cluster {
  const address = parseRedisUrl(url)
  const { kind, hosts, isTls, username, password, database: db, masterName: name, sentinelPassword } = address
  const own = {
    ...behaviour,
    retryStrategy,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(isTls ? { tls: {} } : {}),
    ...(db === undefined ? {} : { db }),
  }
  switch (kind) {
    case 'server':
      return new Redis({ ...own, ...hosts[0] })
    case 'sentinel':
      return new Redis({
        ...own,
        sentinels: hosts,
        ...(name === undefined ? {} : { name }),
        ...(sentinelPassword === undefined ? {} : { sentinelPassword }),
        enableTLSForSentinelMode: isTls,
        sentinelRetryStrategy: retryStrategy,
      })
    case 'cluster': {
      // Its nodes are connected to when they are needed, and their commands wait for that.
      const { enableOfflineQueue = true, ...ofNodes } = own
      return new Cluster(hosts, {
        redisOptions: ofNodes,
        enableOfflineQueue,
        clusterRetryStrategy: retryStrategy,
        // Names of hosts stay names, which certificates are made for.
        dnsLookup: (host, callback) => callback(null, host),
      })
    }
  }
}

function retryStrategy(attempt: number): number {
  return Math.min(attempt * 100, 2_000)
}
