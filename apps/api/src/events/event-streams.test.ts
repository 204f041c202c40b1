import { PassThrough } from 'node:stream'
import type { Database } from '@tellwire/db'
import { eventually } from '@tellwire/testing'
import { expect, test } from 'vitest'
import type { EventStream } from './event-stream.js'
import { createEventStreams } from './event-streams.js'

test('a stream that opens while the others are looked at stays open', async () => {
  const answers: (() => void)[] = []
  // Knows the keys that it is asked for, when it is let.
  const findMany = ({ where }: { where: { id: { in: string[] } } }) =>
    new Promise((resolve) => answers.push(() => resolve(where.id.in.map((id) => ({ id, expiresAt: null })))))
  const streams = createEventStreams({ apiKey: { findMany } } as unknown as Database, () => undefined)
  const open = (keyId: string) => {
    const stream = new PassThrough()
    streams.open({ tenantId: 't', keyId }, () => stream as unknown as EventStream, new AbortController().signal)
    return stream.resume()
  }

  const first = open('first')
  await eventually(() => answers.length === 1)
  const second = open('second')
  answers[0]?.()
  await eventually(() => answers.length === 2)

  expect([first.readableEnded, second.readableEnded]).toEqual([false, false])
  streams.close()
})
