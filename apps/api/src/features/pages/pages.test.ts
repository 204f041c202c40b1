import { expect } from 'vitest'
import { test } from '../../../test/fixtures.js'
import { problems } from '../../problems.js'

const asBrowser = { accept: 'text/html,application/xhtml+xml' }

test('says what this is, to people and to programs', async ({ app }) => {
  const page = await app.inject({ url: '/', headers: asBrowser })
  const json = await app.inject('/')

  expect(page.headers['content-type']).toMatch(/^text\/html/)
  expect(page.body).toContain('href="/docs"')
  expect(json.json()).toMatchObject({ name: 'Tellwire', links: { documentation: '/docs', openapi: '/openapi.json' } })
})

test.for(Object.entries(problems))(
  'explains %s to people and to programs',
  async ([code, { why, remedy }], { app }) => {
    const page = await app.inject({ url: `/problems/${code}`, headers: asBrowser })
    const json = await app.inject(`/problems/${code}`)

    expect(page.statusCode).toBe(200)
    expect(page.body).toContain('What to do')
    expect(json.json()).toMatchObject({ code, why, remedy })
  },
)

test('answers 404 for a problem that there is not', async ({ app }) => {
  expect((await app.inject('/problems/nonsense')).json()).toMatchObject({ status: 404, code: 'not_found' })
})

test('loads the documentation from here alone, and runs no script that stands in the page', async ({ app }) => {
  const page = await app.inject({ url: '/docs', headers: asBrowser })
  const policy = String(page.headers['content-security-policy'])
  const loaded = [...page.body.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, url = '']) => url)

  expect(policy).toContain("default-src 'self'")
  expect(policy).not.toMatch(/script-src[^;]*unsafe|https?:/)
  expect(page.body).not.toMatch(/<script(?![^>]*src=)/)
  expect(loaded.length).toBeGreaterThan(3)
  for (const url of loaded) expect((await app.inject(url)).statusCode).toBe(200)
})

test('shows the guides, whose links lead to each other', async ({ app }) => {
  const list = await app.inject('/docs/guides')
  const names = [...list.body.matchAll(/href="(\/docs\/guides\/[\w-]+)"/g)].map(([, url = '']) => url)

  expect(names.length).toBeGreaterThan(2)
  for (const url of names) {
    const page = await app.inject(url)
    expect(page.statusCode).toBe(200)
    expect(page.body).toMatch(/<h1>/)
    const links = [...page.body.matchAll(/href="(\/[^"#]*)"/g)].map(([, href = '']) => href)
    for (const href of new Set(links)) expect((await app.inject(href)).statusCode, `${url}: ${href}`).toBe(200)
    expect(page.body).not.toMatch(/href="\.\.|\.md"/)
  }
  expect((await app.inject('/docs/guides/nonsense')).statusCode).toBe(404)
})
