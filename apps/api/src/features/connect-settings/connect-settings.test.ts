import { expect } from 'vitest'
import { createTenant, test } from '../../../test/fixtures.js'

test('has defaults, keeps what is not named, and empties what is null', async ({ as, tenant }) => {
  const before = await as(tenant).get('/v1/connect-settings')
  const changed = await as(tenant).patch('/v1/connect-settings', {
    confirm: 'number',
    brand: { name: 'Acme Shop', color: '#1c7cc4', logo_url: 'https://acme.example/logo.svg' },
    origins: ['https://app.acme.example'],
    texts: { de: { welcome: 'Willkommen bei {tenant}!' } },
  })
  const later = await as(tenant).patch('/v1/connect-settings', { brand: null, group_connect: 'members' })

  expect(before.json()).toEqual({
    confirm: 'none',
    chat_sharing: 'refuse',
    group_connect: 'administrators',
    on_unreachable: 'fail',
    origins: [],
    brand: {},
    texts: {},
  })
  expect(changed.statusCode).toBe(200)
  expect(later.json()).toMatchObject({
    confirm: 'number',
    group_connect: 'members',
    brand: {},
    origins: ['https://app.acme.example'],
    texts: { de: { welcome: 'Willkommen bei {tenant}!' } },
  })
})

test.for([
  [{ texts: { en: { welcome: 'Hi {user}' } } }, '/texts/en/welcome'],
  [{ texts: { en: { welcome: 'Hi {tenant' } } }, '/texts/en/welcome'],
  [{ texts: { en: { stop_ask: 'x' } } }, '/texts/en/stop_ask'],
  [{ texts: { xx: { welcome: 'x' } } }, '/texts/xx'],
  [{ brand: { color: 'red' } }, '/brand/color'],
  [{ brand: { logo_url: 'http://acme.example/logo.svg' } }, '/brand/logo_url'],
  [{ brand: { logo_url: "https://acme.example/logo.svg; script-src 'unsafe-inline'" } }, '/brand/logo_url'],
  [{ origins: ['https://acme.example/path'] }, '/origins/0'],
  [{ confirm: 'maybe' }, '/confirm'],
  [{}, ''],
] as const)('refuses %j', async ([change, pointer], { as, tenant }) => {
  const response = await as(tenant).patch('/v1/connect-settings', change)

  expect(response.statusCode).toBe(400)
  expect(response.json().errors[0].pointer).toBe(pointer)
})

test('are of one tenant', async ({ as, db, tenant }) => {
  const other = await createTenant(db)
  await as(tenant).patch('/v1/connect-settings', { confirm: 'tap' })

  expect((await as(other).get('/v1/connect-settings')).json()).toMatchObject({ confirm: 'none' })
})
