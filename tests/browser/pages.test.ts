import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { eventually, makePng } from '@tellwire/testing'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type World, joinWorld } from '../e2e/world.js'
import { findChromium, launchBrowser, openPage, phone, pictures, seen, watchErrors } from './browser.js'

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
  const issue = async (userId: string, body: object = {}) =>
    (await world.call('POST', '/v1/connect-links', { user_id: userId, ...body })).body

  test('the connect page shows every way to connect and turns to "connected" by itself', async () => {
    const link = await issue('ada', { redirect_url: 'https://example.com/settings' })
    const page = await openPage(browser, phone)
    const errors = watchErrors(page)
    await page.goto(link['connect_page_url'])

    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Connect Acme & Söhne to Telegram')
    expect(await page.getByRole('link', { name: 'Open in Telegram' }).getAttribute('href')).toBe(link['url'])
    expect(await page.getByRole('img', { name: /QR code/ }).isVisible()).toBe(true)
    expect(await page.getByText(link['code']).isVisible()).toBe(true)
    const overflow = await page.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth')
    expect(overflow).toBe(false)
    await page.screenshot({ path: join(pictures, 'connect-page.png'), fullPage: true })

    await (await world.newPerson('Ada')).open(link['url'])

    await page.getByRole('heading', { name: 'Connected' }).waitFor()
    expect(await page.getByRole('link', { name: 'Continue' }).getAttribute('href')).toBe('https://example.com/settings')
    await page.screenshot({ path: join(pictures, 'connect-page-connected.png'), fullPage: true })
    expect(errors).toEqual([])
    await page.close()
  })

  test('the connect page works without scripts, in the language of the link', async () => {
    const link = await issue('grete', { locale: 'de-AT' })
    const context = await browser.newContext({ javaScriptEnabled: false })
    const page = await context.newPage()
    await page.goto(link['connect_page_url'])
    expect(await page.getByRole('link', { name: 'In Telegram öffnen' }).getAttribute('href')).toBe(link['url'])

    await (await world.newPerson('Grete')).open(link['url'])

    await page.getByRole('heading', { name: 'Verbunden' }).waitFor()
    await context.close()
  })

  test('the connect page tells of links that are unknown or withdrawn', async () => {
    const link = await issue('gone')
    await world.call('DELETE', `/v1/connect-links/${link['id']}`)
    const page = await openPage(browser, phone)

    const withdrawn = await page.goto(link['connect_page_url'])
    expect(withdrawn?.status()).toBe(410)
    await page.getByRole('heading', { name: 'This link can no longer be used' }).waitFor()
    const unknown = await page.goto(`${world.api}/c/${'x'.repeat(32)}`)
    expect(unknown?.status()).toBe(404)
    await page.getByRole('heading', { name: 'There is no such link' }).waitFor()
    await page.close()
  })

  test('on the chat page a person opens a link, reads messages, presses buttons and blocks the bot', async () => {
    const link = await issue('reader')
    const page = await openPage(browser, { viewport: { width: 1_100, height: 760 } })
    const errors = watchErrors(page)
    await page.goto(world.sandbox)
    await page.getByPlaceholder('New person').fill('Ada')
    await page.getByRole('button', { name: 'Add' }).click()
    await page.getByLabel('Start link').fill(link['url'])
    await page.getByRole('button', { name: 'Open' }).click()
    await page.getByRole('button', { name: 'START' }).click()
    await page.getByText(/^You are connected\./).waitFor()

    const text =
      '# Order 8812\n\n**Shipped** and *on its way*: [track it](https://example.com/t/8812).\n\n- two parcels\n- one letter\n\n> Leave it at the door.\n\n```sh\ncurl https://example.com/t/8812\n```\nCode `A1-77`'
    await world.call('POST', '/v1/notifications', { to: { user_id: 'reader' }, text })
    await page.getByRole('link', { name: 'track it' }).waitFor()
    expect(await page.locator('.bubble strong').allTextContents()).toEqual(['Order 8812', 'Shipped'])
    expect(await page.locator('.bubble pre').textContent()).toBe('curl https://example.com/t/8812')

    const personId = Number(new URL(page.url()).searchParams.get('person'))
    await new Promise((resolve) => setTimeout(resolve, 1_100))
    const sent = await fetch(`${world.sandbox}/bot${world.bot.token}/sendMessage`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        chat_id: personId,
        text: 'Was it on time?',
        reply_markup: {
          inline_keyboard: [
            [
              { text: 'Yes', callback_data: 'yes' },
              { text: 'No', callback_data: 'no' },
            ],
          ],
        },
      }),
    })
    expect(sent.status).toBe(200)
    await page.getByRole('button', { name: 'Yes' }).click()
    await page.screenshot({ path: join(pictures, 'chat-page.png') })

    await page.getByRole('button', { name: 'Block bot' }).click()
    await seen(page.getByRole('button', { name: 'RESTART' }), errors)
    await eventually(
      async () => (await world.call('GET', '/v1/users/reader')).body['connections'][0].status,
      (status) => status === 'blocked',
    )
    await page.getByRole('button', { name: 'RESTART' }).click()
    await eventually(
      async () => (await world.call('GET', '/v1/users/reader')).body['connections'][0].status,
      (status) => status === 'active',
    )
    expect(errors).toEqual([])
    await page.close()
  })

  test('on the chat page messages look like in Telegram', async () => {
    const link = await issue('viewer')
    const viewer = await world.newPerson('Grete')
    await viewer.open(link['url'])
    await eventually(
      async () => (await world.call('GET', '/v1/users/viewer')).body['connections']?.[0]?.status,
      (status) => status === 'active',
    )
    const notify = (message: object) =>
      world.call('POST', '/v1/notifications', { to: { user_id: 'viewer' }, ...message })
    const upload = async (content: Buffer, name: string, type: string) => {
      const form = new FormData()
      form.append('file', new Blob([new Uint8Array(content)], { type }), name)
      const response = await fetch(`${world.api}/v1/files`, {
        method: 'POST',
        headers: { authorization: `Bearer ${world.key}` },
        body: form,
      })
      return ((await response.json()) as { id: string }).id
    }
    const colors = [
      [224, 122, 95],
      [129, 178, 154],
      [61, 64, 91],
      [242, 204, 143],
    ] as const
    const photos = await Promise.all(colors.map((color) => upload(makePng(400, 300, color), 'view.png', 'image/png')))
    const report = await upload(Buffer.from('quarter,sum\n'.repeat(200)), 'report.csv', 'text/csv')
    await notify({
      text: '# Order 8812\n\n**Shipped** and ||a surprise||, see https://example.com/t\n\n| Item | Price |\n|:--|--:|\n| 寿司 | 9.00 |\n| Tea | 12.50 |\n\n- [x] packed\n- [ ] delivered\n\n```sh\ncurl https://example.com\n```',
    })
    await notify({ text: Array.from({ length: 12 }, (_, line) => `> Line ${line + 1} of the terms`).join('\n') })
    await notify({ text: 'Four *views*', attachments: photos.map((file) => ({ type: 'photo', file })) })
    await notify({ text: 'The report', attachments: [{ type: 'document', file: report }] })
    await notify({ attachments: [{ type: 'photo', file: photos[0], spoiler: true }] })
    const { body } = await notify({
      text: 'Rate it',
      silent: true,
      buttons: [
        [
          { text: 'Good', action: 'rate', value: 1 },
          { text: 'Code', copy: 'A1-77' },
        ],
        [{ text: 'Open the shop', url: 'https://example.com' }],
      ],
    })
    await notify({
      text: 'Choose',
      reply_to: body['id'],
      keyboard: { buttons: [['Yes', 'No'], ['Later']], placeholder: 'Your answer' },
    })
    const page = await openPage(browser, { viewport: { width: 1_100, height: 1_900 } })
    const errors = watchErrors(page)
    await page.goto(`${world.sandbox}/?person=${viewer.id}&bot=${world.bot.username}`)
    await page.locator('.bubble', { hasText: 'Choose' }).waitFor()

    expect(await page.locator('.album img').count()).toBe(4)
    expect(await page.locator('.bubble pre').first().textContent()).toContain('寿司 │  9.00')
    expect(await page.locator('blockquote.expandable').count()).toBe(1)
    expect(await page.getByRole('link', { name: /report\.csv/ }).isVisible()).toBe(true)
    expect(await page.locator('.replied').textContent()).toBe('Rate it')
    await page.screenshot({ path: join(pictures, 'chat-page-messages.png') })
    await page.locator('.veiled').click()
    await page.locator('blockquote.expandable').click()
    await page.getByRole('button', { name: 'Code' }).click()
    await page.getByText('Copied: A1-77').waitFor()
    await page.getByRole('button', { name: 'Later' }).click()
    await page.locator('.own').getByText('Later').waitFor()
    expect(await page.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth')).toBe(
      false,
    )
    expect(errors).toEqual([])
    await page.close()
  })

  test('everything that people send, and presses of old buttons, can be made by hand', async () => {
    const sender = await world.connect('by hand')
    const question = { to: { user_id: 'by hand' }, text: 'Name it', free_text: { placeholder: 'A name' } }
    await world.call('POST', '/v1/questions', question)
    await world.tell('by hand', { text: 'And this', buttons: [[{ text: 'Ok', action: 'ok' }]] })
    const page = await openPage(browser, { viewport: { width: 1_100, height: 760 } })
    const errors = watchErrors(page)
    await page.goto(`${world.sandbox}/?person=${sender.id}&bot=${world.bot.username}`)
    await page.locator('.bubble', { hasText: 'And this' }).waitFor()
    // The app still opens the answer that a message before the last one wants.
    await page.locator('#reply-bar', { hasText: 'Name it' }).waitFor()
    await page.getByLabel('Do not reply').click()

    await page.getByLabel('Presses come without the message').check()
    await page.getByRole('button', { name: 'Ok' }).click()
    await page.getByText('✓ Ok').waitFor()

    const choose = async (kind: string) => {
      await page.getByLabel('Attach').click()
      await page.locator('#kinds').getByRole('button', { name: kind }).click()
    }
    for (const kind of ['Location', 'Contact', 'Venue', 'Poll', 'Dice']) await choose(kind)
    await page.getByRole('textbox', { name: 'Message' }).fill('Look')
    const files = [
      ['Photo or file', 'image/png'],
      ['Voice message', 'audio/ogg'],
      ['Video message', 'video/mp4'],
      ['GIF', 'image/gif'],
      ['Sticker', 'image/webp'],
    ] as const
    for (const [kind, mimeType] of files) {
      const opened = page.waitForEvent('filechooser')
      await choose(kind)
      await (await opened).setFiles({ name: 'file', mimeType, buffer: makePng(8, 8, [0, 0, 0]) })
    }

    const sent = await eventually(
      async () => (await world.events('message.received')).filter(({ user_id: of }) => of === 'by hand'),
      ({ length }) => length === 10,
    )
    const kinds = [
      'location',
      'contact',
      'venue',
      'poll',
      'dice',
      'photo',
      'voice',
      'video_note',
      'animation',
      'sticker',
    ]
    expect(sent.map(({ content_type: kind }) => kind)).toEqual(kinds)
    expect(sent.map(({ text }) => text)).toContain('Look')
    const own = (await page.locator('.own').allTextContents()).join()
    for (const shown of ['Stephansdom', 'Where to?', '🎲', '+43 1 58858']) expect(own).toContain(shown)
    expect(await world.events('button.pressed')).toMatchObject([{ action: 'ok', pressed_by: String(sender.id) }])
    await page.screenshot({ path: join(pictures, 'chat-page-sending.png') })
    // A stand-in for a video is none.
    expect(errors.filter((error) => !/video|media/i.test(error))).toEqual([])
    await page.close()
  })

  // All of it is drawn at once, which takes Chromium very long now and then where the machine has other work.
  const drawing = { retry: 1 }
  test(
    'the documentation shows the guide first, then every operation, and nothing of it is from elsewhere',
    drawing,
    async () => {
      const page = await openPage(browser, { viewport: { width: 1_400, height: 900 } })
      const errors = watchErrors(page)
      const foreign: string[] = []
      page.on('request', (request) => {
        if (!request.url().startsWith(world.api) && !request.url().startsWith('data:')) foreign.push(request.url())
      })
      await page.goto(`${world.api}/docs`)

      await seen(page.getByRole('heading', { name: 'Quick start' }), errors)
      await page.screenshot({ path: join(pictures, 'docs.png') })
      await page.getByRole('heading', { name: 'Send a notification' }).scrollIntoViewIfNeeded()
      await page.screenshot({ path: join(pictures, 'docs-operation.png') })
      expect(foreign.filter((url) => !url.startsWith('blob:'))).toEqual([])
      expect(errors).toEqual([])
      await page.close()
    },
  )

  // An API that the machine gave no time for seconds asks to come again.
  const reloading = { retry: 1 }
  test.each([
    '/',
    '/docs/guides',
    '/docs/guides/first-notification',
    '/docs/guides/hearing-people',
    '/problems',
    '/problems/user_not_connected',
  ])('%s is a page for people', reloading, async (path) => {
    const page = await openPage(browser, phone)
    const errors = watchErrors(page)
    await page.goto(world.api + path)

    expect(await page.getByRole('heading', { level: 1 }).count()).toBe(1)
    expect(await page.getByRole('link', { name: 'Documentation' }).first().isVisible()).toBe(true)
    const overflow = await page.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth')
    expect(overflow).toBe(false)
    await page.screenshot({ path: join(pictures, `page-${path.replaceAll('/', '-')}.png`), fullPage: true })
    expect(errors).toEqual([])
    await page.close()
  })
})
