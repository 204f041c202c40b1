import Fastify from 'fastify'
import { expect, test } from 'vitest'
import { showLimits } from './shown-limits.js'

const limit = { name: 'key', quota: 10, windowSeconds: 1, remaining: 9, resetSeconds: 1 }

test('an answer tells of the limits that its request counted in, and of no other', async () => {
  const app = Fastify()
  showLimits(app)
  app.get('/counted', async (request) => void request.shownLimits.push(limit))
  app.get('/free', async () => 'x')

  expect((await app.inject('/counted')).headers).toMatchObject({ ratelimit: '"key";r=9;t=1' })
  expect((await app.inject('/free')).headers).not.toHaveProperty('ratelimit')
})

test('a request that is turned away before it counts in any is answered with why', async () => {
  const app = Fastify()
  app.addHook('onRequest', (_request, _reply, done) => done(Object.assign(new Error('too busy'), { statusCode: 503 })))
  showLimits(app)
  app.get('/', async () => 'x')

  expect((await app.inject('/')).json()).toMatchObject({ statusCode: 503, message: 'too busy' })
})
