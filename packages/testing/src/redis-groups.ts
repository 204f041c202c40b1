import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findFreePort } from '@tellwire/embedded-postgres'
import { askRedis, launchRedis, type RedisServer, startRedis } from './redis-server.js'

export interface RedisGroup {
  /** In the form of `REDIS_URL`. */
  url: string
  servers: [RedisServer, ...RedisServer[]]
  stop(): Promise<void>
}

const slots = 16_384

/** A Cluster of three nodes, each with a third of all keys. */
export async function startRedisCluster(): Promise<RedisGroup> {
  // Where the nodes talk with each other; without it, 10,000 above their ports, which may be none.
  const busPorts = [await findFreePort(), await findFreePort(), await findFreePort()] as const
  const start = (bus: number): Promise<RedisServer> =>
    startRedis(undefined, ['--cluster-enabled', 'yes', '--cluster-port', String(bus)])
  const servers: RedisGroup['servers'] = [await start(busPorts[0]), await start(busPorts[1]), await start(busPorts[2])]
  for (const [index, { port }] of servers.entries()) {
    const from = Math.round((index * slots) / servers.length)
    const to = Math.round(((index + 1) * slots) / servers.length) - 1
    const meet = index === 0 ? [] : [`CLUSTER MEET 127.0.0.1 ${servers[0].port} ${busPorts[0]}`]
    await askRedis(port, [`CLUSTER ADDSLOTSRANGE ${from} ${to}`, ...meet])
  }
  return {
    url: `redis+cluster://${servers.map(({ port }) => `127.0.0.1:${port}`).join(',')}`,
    servers,
    stop: async () => void (await Promise.all(servers.map((server) => server.stop()))),
  }
}

/** A master, which comes first, a replica, and a Sentinel that puts the replica in its place when it is gone. */
export async function startRedisWithSentinel(): Promise<RedisGroup> {
  const master = await startRedis()
  const replica = await startRedis(undefined, ['--replicaof', '127.0.0.1', String(master.port)])
  const port = await findFreePort()
  const folder = mkdtempSync(join(tmpdir(), 'tellwire-sentinel-'))
  const file = join(folder, 'sentinel.conf')
  const lines = [
    `port ${port}`,
    'bind 127.0.0.1',
    `dir ${folder}`,
    `sentinel monitor main 127.0.0.1 ${master.port} 1`,
    'sentinel down-after-milliseconds main 1000',
    'sentinel failover-timeout main 3000',
  ]
  writeFileSync(file, `${lines.join('\n')}\n`)
  const sentinel = await launchRedis(port, [file, '--sentinel'])
  return {
    url: `redis+sentinel://127.0.0.1:${port}/main`,
    servers: [master, replica],
    async stop() {
      await sentinel.stop()
      await Promise.all([master.stop(), replica.stop()])
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
