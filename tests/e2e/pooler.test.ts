import { findRedisServer, isLongRun } from '@tellwire/testing'
import { expect, test } from 'vitest'
import { type Backend, createWorld } from './world.js'

const backends: Backend[] = isLongRun ? ['postgres', 'redis'] : findRedisServer() ? ['redis'] : ['postgres']

// Four connections of each role, where the API and a worker would open some fifty: nothing of a session outlives its transaction.
test.each(backends)('everything works behind a pooler in transaction mode, with the queue on %s', async (backend) => {
  const world = await createWorld({ backend, pooledBy: 4 })
  const person = await world.connect('u_1')
  const texts = Array.from({ length: 6 }, (_, index) => `message ${index}`)

  const accepted = await Promise.all(
    texts.map((text, index) =>
      world.call('POST', '/v1/notifications', { to: { user_id: 'u_1' }, text }, { 'idempotency-key': `k${index}` }),
    ),
  )
  const lists = await Promise.all(Array.from({ length: 20 }, () => world.call('GET', '/v1/notifications?limit=5')))
  const question = await world.call('POST', '/v1/questions', {
    to: { user_id: 'u_1' },
    text: 'Well?',
    options: [{ id: 'yes', text: 'Yes' }],
  })
  expect(question.status).toBe(201)
  await person.hears('Well?')
  await person.press('Yes')
  const answered = await world.call('GET', `/v1/questions/${question.body['id']}?wait=20`)

  for (const { status, body } of accepted) {
    expect(status).toBe(202)
    await world.settled(body['id'] as string)
  }
  for (const { status } of lists) expect(status).toBe(200)
  expect(answered.body).toMatchObject({ status: 'answered' })
  for (const text of texts) expect(await world.arrivalsOf(text), text).toHaveLength(1)
  expect((await world.call('PATCH', '/v1/message-settings', { rich: 'auto' })).status).toBe(200)
  expect(world.pooler?.sessionStatements).toEqual([])
  expect(world.output()).not.toMatch(/"level":(40|50|60)/)
  await world.stop()
})
