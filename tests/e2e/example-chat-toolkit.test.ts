import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eventually, findRedisServer } from '@tellwire/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Example, startExample } from './start-example.js'
import { type Backend, joinWorld, type Json, type Person, type World } from './world.js'

describe.each<Backend>(findRedisServer() ? ['postgres', 'redis'] : ['postgres'])(
  'the chat toolkit, on %s',
  (backend) => {
    let world: World
    let example: Example
    let visitor: Person
    let staff: Person
    const folder = mkdtempSync(join(tmpdir(), 'tellwire-toolkit-'))
    const start = () =>
      startExample(world, 'chat-toolkit', { folder, ready: 'Connect as visitor', env: { COUNT_SECONDS: '15' } })
    const join_ = async (name: string): Promise<Person> => {
      const person = await world.newPerson(name)
      await person.open(new RegExp(`Connect as ${name}: (\\S+)`).exec(example.output())?.[1] ?? '')
      await person.hears('You are connected')
      return person
    }
    const send = (person: Person, what: object) =>
      world.control('POST', `/people/${person.id}/send`, { bot: world.bot.username, ...what })
    const lastId = async (person: Person): Promise<number> => (await person.messages()).at(-1)?.['message_id'] as number
    /** Says something, and waits for the next answer. */
    const answerTo = async (person: Person, text: string): Promise<Json> => {
      const after = await lastId(person)
      await person.say(text)
      return (await eventually(
        async () => (await person.answers()).find(({ message_id: id }) => (id as number) > after + 1),
        (answer) => answer !== undefined,
      )) as Json
    }

    beforeAll(async () => {
      world = await joinWorld(backend)
      example = await start()
      visitor = await join_('visitor')
      staff = await join_('staff')
    })
    afterAll(async () => {
      await example.stop()
      await world.stop()
      rmSync(folder, { recursive: true })
    })

    test('it echoes, tells what it is sent, and keeps it', async () => {
      expect((await answerTo(visitor, 'echo *me*'))['text']).toBe('echo *me*')
      await send(visitor, { type: 'document', name: 'a.txt', content: Buffer.from('kept').toString('base64') })
      await visitor.hears('A document, in a private chat: con_')
      await send(visitor, { type: 'voice', content: Buffer.from('la').toString('base64') })
      await visitor.hears('A voice, in a private chat')
      await send(visitor, { plain: { location: { latitude: 48.2, longitude: 16.37 } } })
      await visitor.hears('A location, in a private chat')

      const downloads = join(folder, 'downloads')
      const kept = readdirSync(downloads)
      expect(kept).toHaveLength(2)
      const document = kept.find((name) => name.endsWith('document')) ?? ''
      expect(readFileSync(join(downloads, document), 'utf8')).toBe('kept')
      expect(example.output()).toMatch(/document in private con_\w+/)
    })

    test('it sends every kind of file, from disk and again by its id', async () => {
      for (const kind of ['photo', 'audio', 'document', 'video', 'voice', 'sticker']) {
        await visitor.say(`/${kind}`)
        const sent = await eventually(
          async () => (await visitor.answers()).filter(({ media }) => (media as Json | null)?.['type'] === kind),
          ({ length }) => length === 2,
        )
        const [first, second] = sent.map(({ media }) => (media as Json)['file_id'] as string)
        expect(second, kind).toBe(first)
      }
    })

    test('keys are shown and hidden', async () => {
      expect(await answerTo(visitor, '/keyboard')).toMatchObject({ keyboard: expect.anything() })
      expect((await answerTo(visitor, 'Green'))['text']).toBe('Green')
      expect((await answerTo(visitor, '/hide'))['text']).toBe('Letters again')
    })

    test('messages are counted until nobody writes any more', async () => {
      await visitor.say('/count')
      await visitor.hears('I count from now on.')
      for (const text of ['one', 'two']) await visitor.say(text)
      expect(await visitor.hears('Those were 2 messages.')).toMatchObject({ from_bot: true })
    })

    test('a number is guessed, by many at once, over a restart', async () => {
      const play = async (person: Person): Promise<void> => {
        let [low, high] = [1, 100]
        let answer = (await answerTo(person, '/guess'))['text'] as string
        for (let tries = 0; !answer.startsWith('🎉'); tries++) {
          expect(tries).toBeLessThan(8)
          const guess = Math.floor((low + high) / 2)
          answer = (await answerTo(person, String(guess)))['text'] as string
          if (answer.includes('more')) low = guess + 1
          else high = guess - 1
        }
      }
      const other = await world.connect('another_player')
      await Promise.all([play(visitor), play(other)])

      expect((await answerTo(visitor, '/guess'))['text']).toMatch(/1 to 100/)
      await example.stop()
      example = await start()
      expect((await answerTo(visitor, 'no number'))['text']).toBe('A number from 1 to 100, please.')
      expect((await answerTo(visitor, '0'))['text']).toBe('1. It is more.')
    })

    test('a question waits for somebody on duty, who answers through the bot', async () => {
      const asking = await world.connect('asking')
      await asking.say('/support Where is my *parcel*?')
      await asking.hears('Somebody will answer you here.')
      await example.stop()
      example = await start()

      expect((await answerTo(staff, '/unread'))['text']).toContain('1 people wait')
      expect((await answerTo(staff, '/next'))['text']).toMatch(/asking wrote:\n\nWhere is my parcel\?/)
      expect((await answerTo(staff, 'It is on its way.'))['text']).toBe('✓ Sent.')
      const heard = await asking.hears('It is on its way.')
      expect(JSON.stringify(heard)).not.toContain('staff')
      expect((await answerTo(staff, '/next'))['text']).toBe('Nothing is unread.')
    })
  },
)
