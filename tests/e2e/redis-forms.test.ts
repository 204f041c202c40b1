import { connectJobs, consume, createWaker, DrainLane, LaneWakeUp, onAnnounced, type JobBackend } from '@tellwire/jobs'
import {
  eventually,
  findRedisServer,
  type RedisGroup,
  startRedisCluster,
  startRedisWithSentinel,
} from '@tellwire/testing'
import { describe, expect, test } from 'vitest'
import { createWorld } from './world.js'

const connect = (redisUrl: string): JobBackend =>
  connectJobs({ redisUrl, databaseUrl: 'postgres://nobody', onError: () => undefined })

/** Two processes of a service: one hands over work, the other does it and listens. */
async function startPair({ url }: RedisGroup) {
  const [producing, consuming] = [connect(url), connect(url)]
  const drained: string[] = []
  const heard: string[] = []
  const waker = createWaker(producing, () => undefined)
  const consumer = consume(
    consuming,
    DrainLane,
    async ({ botId }) => void drained.push(botId),
    () => undefined,
  )
  const listening = onAnnounced(consuming, LaneWakeUp, (key) => heard.push(key))
  await eventually(async () => (await producing.ping()) && (await consuming.ping()))
  return {
    producing,
    /** Says it until it was heard and done: a wake-up is a hint, which may get lost. */
    async isWoken(botId: string) {
      await eventually(async () => {
        waker.tell(LaneWakeUp, botId)
        await waker.handOver(DrainLane, { botId })
        return drained.includes(botId) && heard.includes(botId)
      })
    },
    async stop() {
      await listening.stop()
      await consumer.close()
      await waker.close()
      await Promise.all([producing.close(), consuming.close()])
    },
  }
}

describe.skipIf(!findRedisServer())('Redis', () => {
  test('as a Cluster: work is handed over, words are heard, and requests are counted on whatever node', async () => {
    const cluster = await startRedisCluster()
    const pair = await startPair(cluster)

    for (const botId of ['first', 'second', 'third']) await pair.isWoken(botId)

    expect(await pair.producing.addToCount?.('a key', 2, 60)).toBe(2)
    expect(await pair.producing.addToCount?.('a key', 3, 60)).toBe(5)
    expect(await pair.producing.addToCount?.('another', 1, 60)).toBe(1)
    expect(await pair.producing.readSettings?.()).toMatchObject({ maxmemoryPolicy: 'noeviction' })
    await pair.stop()
    await cluster.stop()
  })

  test('with Sentinels: all goes on with the replica when the master is gone', async () => {
    const group = await startRedisWithSentinel()
    const pair = await startPair(group)
    await pair.isWoken('before')

    await group.servers[0].stop()
    await pair.isWoken('after')

    expect(await pair.producing.ping()).toBe(true)
    await pair.stop()
    await group.stop()
  })

  test('the whole service runs on a Cluster', async () => {
    const cluster = await startRedisCluster()
    const world = await createWorld({ env: { REDIS_URL: cluster.url } })
    const person = await world.connect('u_1')

    await world.tell('u_1', 'over three nodes')

    await person.hears('over three nodes')
    expect(world.output()).not.toMatch(/CROSSSLOT|MOVED|"level":(40|50)/)
    await world.stop()
    await cluster.stop()
  })
})
