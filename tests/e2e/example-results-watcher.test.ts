import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eventually, findRedisServer } from '@tellwire/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Example, startExample } from './start-example.js'
import { type Backend, joinWorld, type World } from './world.js'

describe.each<Backend>(findRedisServer() ? ['postgres', 'redis'] : ['postgres'])(
  'the results watcher, on %s',
  (backend) => {
    let world: World
    let example: Example
    const folder = mkdtempSync(join(tmpdir(), 'tellwire-results-'))
    const results = join(folder, 'results.html')
    const start = () =>
      startExample(world, 'results-watcher', { folder, ready: 'Watching', env: { WATCH_SECONDS: '0.2' } })
    const follow = async (chat: 'private' | 'group'): Promise<string> => {
      const response = await fetch(`${example.site}/follow/${chat}`, { redirect: 'manual' })
      return response.headers.get('location') ?? ''
    }
    const change = (from: string, to: string): void => {
      writeFileSync(`${results}.new`, readFileSync(results, 'utf8').replace(from, to))
      // At once: a page that is read while it is written is another change.
      renameSync(`${results}.new`, results)
    }
    const subscribers = async (): Promise<number> =>
      ((await world.call('GET', '/v1/topics/results/subscribers')).body['data'] as unknown[] | undefined)?.length ?? 0

    beforeAll(async () => {
      world = await joinWorld(backend)
      example = await start()
    })
    afterAll(async () => {
      await example.stop()
      await world.stop()
      rmSync(folder, { recursive: true })
    })

    test('people and groups who follow the page are told what has changed', async () => {
      const person = await world.newPerson('Ada')
      await person.open(await follow('private'))
      const group = await world.control('POST', '/groups', { title: 'The crew', members: [person.id] })
      const groupId = group.body['id'] as number
      await world.control('POST', `/people/${person.id}/open`, { link: await follow('group'), chat_id: groupId })
      await eventually(async () => (await subscribers()) === 2)

      change('Grace, 12:31', 'Grace, 11:58')

      expect((await person.hears('+ Grace, 11:58'))['text']).toBe(
        'The results have changed\n\n- Grace, 12:31\n+ Grace, 11:58',
      )
      await eventually(
        async () => (await world.control('GET', `/groups/${groupId}/messages`)).body['data'] as { text: string }[],
        (messages) => messages.some(({ text }) => text.includes('Grace, 11:58')),
      )
    })

    test('followers outlive the program, and what changed meanwhile is told when it is back', async () => {
      const person = await world.newPerson('Hedy')
      await person.open(await follow('private'))
      await eventually(async () => (await subscribers()) === 3)
      await example.stop()
      await person.say('/results')
      change('Ada, 12:04', 'Ada, 11:40')
      example = await start()

      await person.hears('+ Ada, 11:40')
      // Asked for while nobody listened.
      await person.hears('Results of the regatta')
      expect((await world.arrivalsOf('The results have changed\n\n- Ada, 12:04\n+ Ada, 11:40')).length).toBe(3)
    })

    test('the same change, later, is told again', async () => {
      const said = 'The results have changed\n\n- Ada, 11:40\n+ Ada, 11:39'
      change('Ada, 11:40', 'Ada, 11:39')
      await eventually(async () => (await world.arrivalsOf(said)).length === 3)
      change('Ada, 11:39', 'Ada, 11:40')
      await eventually(
        async () =>
          (await world.arrivalsOf(said.replace('- Ada, 11:40\n+ Ada, 11:39', '- Ada, 11:39\n+ Ada, 11:40'))).length ===
          3,
      )
      change('Ada, 11:40', 'Ada, 11:39')

      expect(await eventually(async () => (await world.arrivalsOf(said)).length === 6)).toBe(true)
    })

    test('who has had enough is told no more, until they say so', async () => {
      const person = await world.newPerson('Lise')
      await person.open(await follow('private'))
      await eventually(async () => (await subscribers()) === 4)
      change('<li>Grace', '<li>Lise, 13:00</li>\n<li>Grace')
      await person.hears('+ Lise, 13:00')
      await person.press('Stop following')
      await eventually(async () => (await subscribers()) === 3)
      await person.say('/follow')
      await person.hears('You are told of every change')
      await person.say('/unfollow')
      await person.hears('You are told of no change')
      await person.say('when is the next one?')

      expect(await person.hears('/results shows them')).toBeTruthy()
      expect(await subscribers()).toBe(3)
    })
  },
)
