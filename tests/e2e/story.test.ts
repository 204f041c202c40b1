import { findRedisServer } from '@tellwire/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Backend, type World, joinWorld } from './world.js'

const backends: Backend[] = findRedisServer() ? ['postgres', 'redis'] : ['postgres']

describe.each(backends)('with the queue on %s', (backend) => {
  let world: World
  beforeAll(async () => {
    world = await joinWorld(backend)
  })
  afterAll(() => world.stop())

  test('a link connects a person, and a Markdown notification arrives in the chat', async () => {
    const link = await world.call('POST', '/v1/connect-links', { user_id: 'u_42' })
    expect(link.status).toBe(201)
    const person = await world.newPerson('Ada')
    const waiting = world.call('GET', `/v1/connect-links/${link.body['id']}?wait=30`)
    await person.open(link.body['url'])
    expect((await waiting).body).toMatchObject({ status: 'used', display_name: 'Ada' })

    const accepted = await world.call(
      'POST',
      '/v1/notifications',
      { to: { user_id: 'u_42' }, text: '**Hello** [there](https://example.com/a.b_c)' },
      { prefer: 'wait=10' },
    )

    expect(accepted).toMatchObject({ status: 202, body: { status: 'settled', deliveries: 1 } })
    const shown = await world.call('GET', accepted.headers.get('location') ?? '')
    expect(shown.body['deliveries']).toMatchObject([{ status: 'sent', attempts: 1, user_id: 'u_42' }])
    const [, welcome, message] = await person.messages()
    expect(welcome).toMatchObject({ from_bot: true, text: expect.stringContaining('Acme & Söhne') })
    expect(message).toMatchObject({
      message_id: shown.body['deliveries'][0].telegram_message_ids[0],
      text: 'Hello there',
      entities: [
        { type: 'bold', offset: 0, length: 5 },
        { type: 'text_link', offset: 6, length: 5, url: 'https://example.com/a.b_c' },
      ],
    })
  })
})
