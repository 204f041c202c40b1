import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eventually, findRedisServer } from '@tellwire/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Example, startExample } from './start-example.js'
import { type Backend, joinWorld, type Person, type World } from './world.js'

describe.each<Backend>(findRedisServer() ? ['postgres', 'redis'] : ['postgres'])(
  'the music releases, on %s',
  (backend) => {
    let world: World
    let example: Example
    const folder = mkdtempSync(join(tmpdir(), 'tellwire-music-'))
    const start = (now: string) =>
      startExample(world, 'music-releases', { folder, ready: 'The web app is at', env: { NOW: now, TZ: 'UTC' } })
    const page = async (): Promise<string> => (await fetch(`${example.site}/ada`)).text()
    const submit = (path: string, fields: [string, string][] = []) =>
      fetch(`${example.site}/ada${path}`, { method: 'POST', redirect: 'manual', body: new URLSearchParams(fields) })
    /** Presses the button, and follows the connect page into Telegram. */
    const connect = async (name: string): Promise<Person> => {
      const { headers } = await submit('/connect')
      const connectPage = await (await fetch(headers.get('location') ?? '')).text()
      const person = await world.newPerson(name)
      await person.open(/https:\/\/t\.me\/[^"\s]+/.exec(connectPage)?.[0].replaceAll('&amp;', '&') ?? '')
      await person.hears('You are connected')
      return person
    }
    const announce = async (release: object): Promise<void> => {
      const { status } = await fetch(`${example.site}/releases`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(release),
      })
      expect(status).toBe(200)
    }

    beforeAll(async () => {
      world = await joinWorld(backend)
      example = await start('2026-12-01T12:00:00Z')
    })
    afterAll(async () => {
      await example.stop()
      await world.stop()
      rmSync(folder, { recursive: true })
    })

    test('whoever has connected and chosen is told, with every character of a title', async () => {
      expect(await page()).toContain('Connect Telegram')
      const ada = await connect('Ada')
      await submit('/artists', [
        ['artist', 'sunn'],
        ['artist', 'bjork'],
      ])
      expect(await page()).toContain('Connected: <b>Ada</b>')
      expect(await page()).toMatch(/value="sunn" checked/)

      const title = 'A_b *c* [d] (e) & f. `g` ~h~ |i|'
      const release = { artist: 'sunn', title, url: 'https://example.com/a_(b)?c=*', date: '2026-12-01' }
      await announce(release)
      await announce(release)
      const message = await ada.hears(`2026-12-01: Sunn O))) - ${title}`)

      expect(message['text']).toBe(`2026-12-01: Sunn O))) - ${title}`)
      expect(message['entities']).toMatchObject([{ type: 'text_link', url: 'https://example.com/a_(b)?c=*' }])
      expect(message['silent']).toBe(false)
      await announce({ artist: 'acdc', title: 'Not hers', url: 'https://example.com', date: '2026-12-02' })
      await announce({ artist: 'bjork', title: 'Hers', url: 'https://example.com', date: '2026-12-03' })
      await ada.hears('2026-12-03: Björk - Hers')
      expect((await ada.answers()).filter(({ text }) => /Sunn|Not hers/.test(String(text)))).toHaveLength(1)
    })

    test('another account takes the place of the first, silently at night, and can be disconnected', async () => {
      await example.stop()
      example = await start('2026-12-01T23:30:00Z')
      const other = await connect('Second')
      expect(await page()).toContain('Connected: <b>Second</b>')
      expect(await page()).toMatch(/value="sunn" checked/)
      await announce({ artist: 'sunn', title: 'At night', url: 'https://example.com', date: '2026-12-04' })

      expect(await other.hears('At night')).toMatchObject({ silent: true })
      await submit('/disconnect')
      expect(await page()).toContain('Connect Telegram')
      await eventually(
        () => world.events('user.disconnected'),
        (events) => events.length === 2,
      )
      await submit('/artists', [['artist', 'mum']])
      expect((await world.call('GET', '/v1/topics/artist-sunn/subscribers')).body['data']).toEqual([])
    })
  },
)
