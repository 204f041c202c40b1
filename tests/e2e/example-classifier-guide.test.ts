import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eventually, findFreePort, findRedisServer } from '@tellwire/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Example, startExample } from './start-example.js'
import { type Backend, joinWorld, type Json, type Person, type World } from './world.js'

describe.each<Backend>(findRedisServer() ? ['postgres', 'redis'] : ['postgres'])(
  'the classifier guide, on %s',
  (backend) => {
    let world: World
    let example: Example
    let person: Person
    const folder = mkdtempSync(join(tmpdir(), 'tellwire-guide-'))
    const start = (env: Record<string, string> = {}) =>
      startExample(world, 'classifier-guide', { folder, ready: 'The guide', env })
    /** The message that shows where somebody is: the last one with buttons, or that had some. */
    const shown = async (): Promise<Json | undefined> =>
      (await person.answers()).findLast(({ text }) => !/tap one of|question is over/.test(String(text)))
    const shows = (text: string) =>
      eventually(shown, (message) => String(message?.['text']).includes(text)) as Promise<Json>

    beforeAll(async () => {
      world = await joinWorld(backend)
      example = await start()
      person = await world.newPerson('Explorer')
      await person.open(/https:\/\/t\.me\/\S+/.exec(example.output())?.[0] ?? '')
      await person.hears('You are connected')
    })
    afterAll(async () => {
      await example.stop()
      await world.stop()
      rmSync(folder, { recursive: true })
    })

    test('one message leads over the map, a tap at a time', async () => {
      await person.say('/start')
      const first = await shows('more than 50 samples')
      await person.press('Yes')
      await shows('category')
      await person.press('Yes')
      await shows('labels')
      await person.press('Yes')
      const last = await shows('100,000')

      expect(last['message_id']).toBe(first['message_id'])
      await person.press('No')
      await shows('SGD')
      await person.press('It works')
      expect(await shows('Good luck')).toMatchObject({ buttons: [] })
    })

    test('anything else gets a gentle hint, also after a restart, and /start begins again', async () => {
      await person.say('/start')
      await shows('more than 50 samples')
      await person.say('what?')
      await person.hears('Please tap one of the buttons')
      await example.stop()
      example = await start()
      await person.press('No')
      await shows('Get more data')
      await person.say('/nonsense')
      await eventually(
        async () => (await person.answers()).filter(({ text }) => String(text).includes('/start begins')).length === 2,
      )
      await person.say('/start')
      expect(await shows('more than 50 samples')).toMatchObject({ edited: false })
    })

    test('a question that is over leads nowhere', async () => {
      const old = await shows('more than 50 samples')
      await person.say('/start')
      await eventually(shown, (message) => message?.['message_id'] !== old['message_id'])
      await world.control('POST', `/people/${person.id}/press`, {
        bot: world.bot.username,
        message_id: old['message_id'],
        row: 0,
        column: 0,
      })
      await person.hears('That question is over')

      expect(await shown()).toMatchObject({ text: expect.stringContaining('more than 50 samples') })
    })

    test('it does the same when it is called by a webhook', async () => {
      await example.stop()
      const port = await findFreePort()
      const { body } = await world.call('POST', '/v1/webhooks', { url: `http://localhost:${port}/` })
      example = await start({ WEBHOOK_SECRET: body['secret'] as string, PORT: String(port) })

      const before = await shown()
      await person.say('/start')
      await eventually(shown, (message) => message?.['message_id'] !== before?.['message_id'])
      await person.press('Yes')
      expect(await shows('category')).toMatchObject({ buttons: [[{ text: 'Yes' }, { text: 'No' }]] })
    })
  },
)
