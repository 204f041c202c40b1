import { PassThrough } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import Fastify from 'fastify'
import Type from 'typebox'
import { expect, test } from 'vitest'
import { createGates } from './gates.js'
import { Answer } from './http/answer.js'
import { registerRoutes } from './register-routes.js'
import { route } from './route.js'

test('what is streamed has its place at the gate until it has ended', async () => {
  const streams: PassThrough[] = []
  const app = Fastify()
  registerRoutes(
    app,
    [
      route({
        operation: 'download',
        method: 'GET',
        url: '/file',
        tag: 'files',
        summary: 'A file',
        responses: { 200: Type.Any() },
        scope: 'any',
        answers: 'application/octet-stream',
        gate: 'downloads',
        handler: async () => {
          const stream = new PassThrough()
          stream.write('the beginning')
          streams.push(stream)
          return new Answer(200, stream)
        },
      }),
    ],
    { scopeOf: () => ({}), ownerOf: () => 'tenant', gates: createGates() },
  )
  const download = () => app.inject({ url: '/file', payloadAsStream: true })
  const answers = Array.from({ length: 9 }, download)
  await Promise.all(answers.slice(0, 8))
  await delay(50)
  expect(streams).toHaveLength(8)

  streams[0]?.end(' and the rest')
  const last = await answers[8]
  expect(last?.statusCode).toBe(200)
  expect(streams).toHaveLength(9)
  for (const stream of streams) stream.end()
  await app.close()
})
