import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eventually, findRedisServer } from '@tellwire/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Example, startExample } from './start-example.js'
import { type Backend, joinWorld, type Person, type World } from './world.js'

describe.each<Backend>(findRedisServer() ? ['postgres', 'redis'] : ['postgres'])(
  'the store manager, on %s',
  (backend) => {
    let world: World
    let example: Example
    let owner: Person
    const folder = mkdtempSync(join(tmpdir(), 'tellwire-store-'))
    const start = (shopSeconds = '3600') =>
      startExample(world, 'store-manager', { folder, ready: 'back office is at', env: { SHOP_SECONDS: shopSeconds } })
    const reported = () =>
      readFileSync(join(folder, 'reports.log'), 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { text: string })
    const signIn = () => fetch(`${example.site}/sign-in`, { method: 'POST', redirect: 'manual' })
    const look = (cookie: string) => fetch(`${example.site}/office`, { redirect: 'manual', headers: { cookie } })

    beforeAll(async () => {
      world = await joinWorld(backend)
      example = await start('0.5')
      owner = await world.newPerson('Olga')
      await owner.open(/https:\/\/t\.me\/\S+/.exec(example.output())?.[0] ?? '')
    })
    afterAll(async () => {
      await example.stop()
      await world.stop()
      rmSync(folder, { recursive: true })
    })

    test('what happens in the shop arrives, with every character of it, and stands in the log', async () => {
      await owner.hears('Sale 1: Cup *2nd choice* for 4.00 € to Grace_H')
      await owner.hears('Sale 2: Tray [oak] for 31.90 € to Hedy')
      await owner.hears('two of Teapot (blue) are left')

      expect(reported().map(({ text }) => text)).toEqual(expect.arrayContaining([expect.stringContaining('Sale 2')]))
      // So that only what is asked for comes from here on; the owner stays connected.
      await example.stop()
      example = await start()
      expect(example.output()).not.toContain('t.me')
    })

    test('hello is greeted in any case, and anything else is told what there is', async () => {
      await owner.say('hello')
      await owner.hears('Hello, Olga! The shop is open.')
      await owner.say('HeLLo')
      await owner.say('how are sales?')
      await owner.hears('Say hello.')

      await eventually(async () => (await world.arrivalsOf('Hello, Olga! The shop is open.')).length === 2)
      // Started again, it answers nothing twice.
      await example.stop()
      await owner.say('hello')
      example = await start()
      await eventually(async () => (await world.arrivalsOf('Hello, Olga! The shop is open.')).length === 3)
      expect((await owner.answers()).filter(({ text }) => String(text).includes('Say hello.')).length).toBe(1)
    })

    test('who signs in waits for the owner, and is let in by a tap', async () => {
      expect((await look('session=made-up')).status).toBe(302)
      const waiting = signIn()
      await owner.press('Approve')
      const answer = await waiting

      expect([answer.status, answer.headers.get('location')]).toEqual([303, '/office'])
      const cookie = answer.headers.get('set-cookie') ?? ''
      expect(cookie).toMatch(/HttpOnly; SameSite=Strict/)
      expect(await (await look(cookie.split(';')[0] ?? '')).text()).toContain('You are in.')
      await owner.hears('Signed in from')
    })

    test('who is denied stays outside, also where others were let in', async () => {
      const [one, other] = [signIn(), signIn()]
      await eventually(async () => {
        const asked = (await owner.answers()).filter(({ text }) => String(text).includes('Is it you?'))
        return asked.length === 3
      })
      await owner.press('Deny')
      const first = await Promise.race([one, other])

      expect(first.status).toBe(403)
      expect(first.headers.get('set-cookie')).toBeNull()
      // The buttons of what was answered go.
      await eventually(
        async () => JSON.stringify(await owner.answers()).match(/"Approve"/g)?.length,
        (offered) => offered === 1,
      )
      await owner.press('Approve')
      expect((await Promise.all([one, other])).map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
        303, 403,
      ])
    })
  },
)
