import { once } from 'node:events'
import { mkdirSync, readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { eventually } from '@tellwire/testing'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { joinWorld, type Json, type World } from '../e2e/world.js'
import { findChromium, launchBrowser, openPage, phone, pictures, watchErrors } from './browser.js'

/** A site of a tenant's, on an origin of its own, that shows a connect link. */
async function startSite(connectScript: string): Promise<{ server: Server; origin: string }> {
  const server = createServer((request, response) => {
    const link = new URL(request.url ?? '/', 'http://site').searchParams.get('link') ?? ''
    response.setHeader('content-type', 'text/html; charset=utf-8')
    response.end(`<!doctype html><html lang="en"><head><title>Settings</title>
      <script type="module" src="${connectScript}"></script></head>
      <body><h1>Settings</h1><tellwire-connect link="${link}"></tellwire-connect>
      <script>
        document.addEventListener('connected', ({ detail }) => { document.title = 'connected ' + detail.display_name })
        document.addEventListener('ended', () => { document.title = 'ended' })
      </script></body></html>`)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { server, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

describe.skipIf(findChromium() === undefined)('in a browser', () => {
  let world: World
  let browser: Browser
  beforeAll(async () => {
    mkdirSync(pictures, { recursive: true })
    world = await joinWorld()
    browser = await launchBrowser()
  })
  afterAll(async () => {
    await browser.close()
    await world.stop()
  })
  const issue = async (userId: string, body: object = {}): Promise<Json> =>
    (await world.call('POST', '/v1/connect-links', { user_id: userId, ...body })).body
  const settings = (change: object) => world.call('PATCH', '/v1/connect-settings', change)
  const fitsIn = (page: Page) =>
    page.evaluate('document.documentElement.scrollWidth <= document.documentElement.clientWidth')

  test('the connect page has the name and the colours of the tenant, and the number to tap', async () => {
    await settings({ brand: { name: 'Acme Shop', color: '#ffd000' } })
    const link = await issue('brand', { confirm: 'number' })
    const page = await openPage(browser, phone)
    const errors = watchErrors(page)
    await page.goto(link['connect_page_url'] as string)

    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Connect Acme Shop to Telegram')
    const button = page.getByRole('link', { name: 'Open in Telegram' })
    const colors = await button.evaluate((node) => {
      const { backgroundColor, color } = (
        globalThis as unknown as { getComputedStyle: typeof getStyle }
      ).getComputedStyle(node)
      return { backgroundColor, color }
    })
    expect(colors).toEqual({ backgroundColor: 'rgb(255, 208, 0)', color: 'rgb(0, 0, 0)' })
    expect(await page.locator('.number strong').textContent()).toBe(String(link['number']))
    expect(await fitsIn(page)).toBe(true)
    await page.screenshot({ path: join(pictures, 'connect-page-brand.png'), fullPage: true })
    expect(errors).toEqual([])
    await page.close()
    await settings({ brand: null })
  })

  test('the connect page can be read from right to left', async () => {
    const link = await issue('arabic', { locale: 'ar' })
    const page = await openPage(browser, phone)
    await page.goto(link['connect_page_url'] as string)

    expect(await page.locator('html').getAttribute('dir')).toBe('rtl')
    expect(await page.getByRole('link', { name: 'فتح في Telegram' }).isVisible()).toBe(true)
    expect(await page.locator('code').getAttribute('dir')).toBe('ltr')
    expect(await fitsIn(page)).toBe(true)
    await page.screenshot({ path: join(pictures, 'connect-page-rtl.png'), fullPage: true })
    await page.close()
  })

  describe('the element in a page of another origin', () => {
    let site: { server: Server; origin: string }
    beforeAll(async () => {
      site = await startSite(`${world.api}/connect.js`)
    })
    afterAll(() => new Promise((resolve) => site.server.close(resolve)))
    const show = (page: Page, link: Json) =>
      page.goto(`${site.origin}/?link=${encodeURIComponent(link['connect_page_url'] as string)}`)
    const open = async (link: Json): Promise<Page> => {
      const page = await openPage(browser, phone)
      await show(page, link)
      return page
    }

    test('is small', () => {
      const source = readFileSync(new URL('../../apps/api/assets/connect.js', import.meta.url))

      expect(gzipSync(source).length).toBeLessThanOrEqual(5 * 1_024)
    })

    test.each([
      ['en', 'Open in Telegram', 'ltr'],
      ['fa', 'باز کردن در تلگرام', 'rtl'],
    ])('shows the link in %s, follows it, and tells the page', async (locale, label, direction) => {
      await settings({ origins: [site.origin], brand: { color: '#7a1fa2' } })
      const link = await issue(`embedded ${locale}`, { locale, confirm: 'number' })
      const page = await open(link)
      const errors = watchErrors(page)

      expect(await page.getByRole('link', { name: label }).getAttribute('href')).toBe(link['url'])
      expect(await page.getByText(link['code'] as string).isVisible()).toBe(true)
      expect(await page.getByText(String(link['number']), { exact: true }).isVisible()).toBe(true)
      expect(await page.getByRole('img').first().isVisible()).toBe(true)
      expect(await page.locator('.card').getAttribute('dir')).toBe(direction)
      expect(await fitsIn(page)).toBe(true)
      await page.screenshot({ path: join(pictures, `connect-element-${locale}.png`), fullPage: true })
      const person = await world.newPerson('Ada')
      await person.open(link['url'] as string)
      await person.press(String(link['number']))

      await page.waitForFunction("document.title === 'connected Ada'")
      expect(errors).toEqual([])
      await page.close()
      await settings({ brand: null })
    })

    test('tells of a link that has ended', async () => {
      await settings({ origins: [site.origin] })
      const link = await issue('withdrawn')
      const page = await open(link)
      await page.getByRole('link', { name: 'Open in Telegram' }).waitFor()
      await world.call('DELETE', `/v1/connect-links/${link['id']}`)

      await page.waitForFunction("document.title === 'ended'")
      expect(await page.getByText('This link can no longer be used').isVisible()).toBe(true)
      await page.close()
    })

    test('shows nothing to a site that the tenant has not named', async () => {
      await settings({ origins: ['https://somewhere.example'] })
      const link = await issue('foreign')
      const page = await openPage(browser, phone)
      const refusal = page.waitForEvent(
        'console',
        (message) => message.text().includes('CORS') && message.text().includes('/state'),
      )
      await show(page, link)

      expect((await refusal).text()).toContain(new URL(link['connect_page_url'] as string).pathname)
      expect(await page.locator('.card').count()).toBe(0)
      await page.close()
    })
  })

  test('on the chat page a group, a forum and a channel are connected by hand', async () => {
    const page = await openPage(browser, { viewport: { width: 1_200, height: 900 } })
    const errors = watchErrors(page)
    await page.goto(world.sandbox)
    await page.getByPlaceholder('New person').fill('Organizer')
    await page.getByRole('button', { name: 'Add' }).click()
    await page.getByRole('button', { name: 'Organizer' }).waitFor()
    const addGroup = async (title: string, kind: string) => {
      await page.getByPlaceholder('New group').fill(title)
      await page.getByLabel('Kind').selectOption(kind)
      await page.getByRole('button', { name: 'Make', exact: true }).click()
      await page.getByRole('heading', { name: title }).waitFor()
    }
    const openLink = async (link: Json) => {
      await page.getByLabel('Start link').fill(link['url'] as string)
      await page.getByRole('button', { name: 'Open' }).click()
    }
    const say = async (text: string) => {
      await page.locator('#text').fill(text)
      await page.getByRole('button', { name: 'Send', exact: true }).click()
    }
    const isConnected = (userId: string) =>
      eventually(
        async () => (await world.call('GET', `/v1/users/${userId}`)).body['connections']?.[0]?.status as string,
        (status) => status === 'active',
      )

    await addGroup('The forum', 'forum')
    await page.getByRole('button', { name: 'New topic' }).click()
    await page.getByLabel('Topic', { exact: true }).selectOption('Topic 1')
    const forum = await issue('forum', { chat: 'group', admin_rights: ['pin_messages'] })
    await openLink(forum)
    await isConnected('forum')
    await page.getByLabel('Topic', { exact: true }).selectOption('')
    await page.locator('.bubble', { hasText: 'You are connected' }).waitFor()
    await page.screenshot({ path: join(pictures, 'chat-page-group.png') })
    await page.getByRole('button', { name: 'Demote' }).click()
    await page.getByText(/: member/).waitFor()

    await addGroup('News', 'channel')
    const channel = await issue('news', { chat: 'channel' })
    await openLink(channel)
    await page.getByText(/: administrator/).waitFor()
    await say(channel['code'] as string)
    await isConnected('news')
    await page.locator('.bubble', { hasText: 'You are connected' }).waitFor()
    await page.screenshot({ path: join(pictures, 'chat-page-channel.png') })

    await page.getByLabel('The app loses what links carry').check()
    const private_ = await issue('loser')
    await openLink(private_)
    await page.getByRole('button', { name: 'START' }).click()
    await page.locator('.bubble', { hasText: 'send me the code' }).waitFor()
    await say(private_['code'] as string)
    await isConnected('loser')
    await say('/apps')
    await page.getByRole('button', { name: 'Acme & Söhne' }).click()
    await page.getByRole('button', { name: 'Mute for 1 hour' }).waitFor()
    await page.screenshot({ path: join(pictures, 'chat-page-apps.png') })
    expect(errors).toEqual([])
    await page.close()
  })
})

/** As the page's own window has it. */
declare function getStyle(node: unknown): { backgroundColor: string; color: string }
