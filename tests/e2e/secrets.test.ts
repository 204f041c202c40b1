import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { eventually, findFreePort, findRedisServer } from '@tellwire/testing'
import { expect, test } from 'vitest'
import { findTables } from './find-tables.js'
import { createWorld, type Json, type World } from './world.js'

/** Receives webhooks, and remembers the secret headers that they came with. */
async function startReceiver() {
  const heard: Json[] = []
  const server = createServer((request, response) => {
    heard.push(request.headers)
    request.resume().on('end', () => response.end())
  })
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve))
  const { port } = server.address() as AddressInfo
  return { url: `http://localhost:${port}/`, heard, stop: () => server.close() }
}

/** Does whatever has to do with a secret. @returns all secrets, by what they are. */
async function useSecrets(world: World, receiver: string): Promise<Record<string, string>> {
  const secrets: Record<string, string> = {
    'token of a bot': world.bot.token,
    'key of an admin': world.adminKey,
    'key of a tenant': world.key,
    'key of the installation': world.secretKey,
    'header of a webhook': 'Bearer planted-header-7f3a',
  }
  const link = async (name: string, userId: string) => {
    const { body } = await world.call(
      'POST',
      '/v1/connect-links',
      { user_id: userId, bot_id: world.bot.id },
      { 'idempotency-key': name },
    )
    secrets[name] = new URL(body['url']).searchParams.get('start') ?? ''
    secrets[`code of the ${name}`] = body['code']
    return body
  }
  const webhook = await world.call(
    'POST',
    '/v1/webhooks',
    { url: receiver, headers: { authorization: secrets['header of a webhook'] } },
    { 'idempotency-key': 'webhook' },
  )
  expect(webhook.status).toBe(201)
  secrets['secret of a webhook'] = webhook.body['secret']
  const rotated = await world.call('POST', `/v1/webhooks/${webhook.body['id']}/rotate-secret`)
  secrets['next secret of a webhook'] = rotated.body['secret']
  const issued = await world.call(
    'POST',
    '/v1/keys',
    { name: 'another', scopes: ['users:read'] },
    { 'idempotency-key': 'key' },
  )
  secrets['issued key'] = issued.body['key']
  await link('link that nobody uses', 'waits')
  const person = await world.newPerson('Secretive')
  await person.open((await link('link that is used', 'used'))['url'])
  await person.hears('You are connected')
  const other = await world.newPerson('Typing')
  await other.say((await link('link of which the code is typed', 'typing'))['code'])
  await other.hears('You are connected')
  const late = await world.newPerson('Late')
  await late.open((await link('link that was used, opened again', 'late'))['url'])
  await late.hears('You are connected')
  await late.say(`/start ${secrets['link that is used']}`)
  await late.hears('used already')
  const made = (await world.control('POST', '/bots', {})).body as { token: string }
  secrets['token of another bot'] = made.token
  const { body: own } = await world.call('POST', '/v1/bots', { token: made.token })
  await world.call('POST', `/v1/bots/${own['id']}/invitations`, { from_bot_id: world.bot.id })
  const invitation = await person.hears('is moving to')
  secrets['link of an invitation'] = new URL(invitation['buttons'][0][0].url).searchParams.get('start') ?? ''
  // What is refused is logged at most.
  await world.call('GET', '/v1/me', undefined, { authorization: `Bearer ${world.key.slice(0, -1)}x` })
  await world.call('PUT', `/v1/bots/${own['id']}/token`, { token: world.bot.token })
  await world.settled(await world.tell('used', { text: 'Press', buttons: [[{ text: 'Go', action: 'go' }]] }))
  await person.press('Go')
  return secrets
}

test.skipIf(!findRedisServer())('no secret stands in a table, in Redis, in a log or in a metric', async () => {
  const [metricsPort, apiMetricsPort] = [await findFreePort(), await findFreePort()]
  const receiver = await startReceiver()
  const world = await createWorld({
    backend: 'redis',
    webhook: true,
    env: { LOG_LEVEL: 'trace', METRICS_PORT: String(metricsPort), API_METRICS_PORT: String(apiMetricsPort) },
  })
  try {
    const secrets = await useSecrets(world, receiver.url)
    await eventually(() => receiver.heard.some(({ authorization }) => authorization === secrets['header of a webhook']))

    const metrics = await Promise.all(
      [metricsPort, apiMetricsPort].map(async (port) => (await fetch(`http://127.0.0.1:${port}/metrics`)).text()),
    )
    // What nobody has worked off yet is stored as well.
    await Promise.all(world.workers.map((worker) => worker.stop()))
    const early = await world.newPerson('Early')
    await early.say(`/start ${secrets['link that nobody uses']}`)
    await eventually(
      () => findTables(world.database, ['/start ']),
      (tables) => tables.includes('updates'),
    )
    const places = {
      Redis: (await world.redis?.dump())?.toString('latin1') ?? '',
      logs: world.output(),
      metrics: metrics.join(''),
    }
    // It is looked at the right places.
    expect(places.Redis).toContain('bull')
    expect(places.logs).toContain('/v1/connect-links')
    expect(places.metrics).toContain('tellwire_')
    expect(await findTables(world.database, ['Secretive'])).not.toEqual([])

    const found: string[] = []
    for (const [what, secret] of Object.entries(secrets)) {
      expect(secret.length, what).toBeGreaterThan(7)
      // A token's first part is the id of the bot, which is no secret.
      const told = what.startsWith('token of') ? (secret.split(':')[1] ?? '') : secret
      for (const [place, text] of Object.entries(places)) if (text.includes(told)) found.push(`${what} in ${place}`)
      for (const table of await findTables(world.database, [told])) found.push(`${what} in ${table}`)
    }
    expect(found).toEqual([])
    expect(Object.keys(secrets).length).toBeGreaterThan(14)
  } finally {
    await world.stop()
    receiver.stop()
  }
})
