import { expect } from 'vitest'
import { createBot, createConnection, createTenant, test } from '../../../test/fixtures.js'

const greeting = { name: 'greeting', texts: { en: 'Hi {{name}}', de: 'Hallo {{name}}' }, default_locale: 'en' }

test('keeps versions, publishes one and goes back', async ({ as, tenant }) => {
  const client = as(tenant)
  const created = await client.post('/v1/templates', greeting)
  const { id } = created.json<{ id: string }>()
  const published = await client.post(`/v1/templates/${id}/publish`, {})
  const second = await client.put(`/v1/templates/${id}`, { texts: { en: 'Hello {{name}}' }, publish: true })
  const back = await client.post(`/v1/templates/${id}/rollback`, {})
  const forward = await client.post(`/v1/templates/${id}/publish`, { version: 2 })
  const unknown = await client.post(`/v1/templates/${id}/publish`, { version: 3 })

  expect([created.statusCode, created.json()]).toMatchObject([201, { published_version: null, latest_version: 1 }])
  expect(published.json()).toMatchObject({ published_version: 1 })
  expect(second.json()).toMatchObject({
    published_version: 2,
    latest_version: 2,
    versions: [
      { version: 2, locales: ['en'] },
      { version: 1, locales: ['de', 'en'] },
    ],
  })
  expect(back.json()).toMatchObject({ published_version: 1 })
  expect(forward.json()).toMatchObject({ published_version: 2 })
  expect(unknown.json()).toMatchObject({ status: 422, errors: [{ pointer: '/version' }] })
})

test('gives the first answer again for the same idempotency key', async ({ as, tenant }) => {
  const send = () => as(tenant).post('/v1/templates', greeting, { 'idempotency-key': 'k' })
  const first = await send()
  const second = await send()

  expect(second.headers['idempotency-replayed']).toBe('true')
  expect(second.json()).toEqual(first.json())
})

test('deletes a template; its name is free again', async ({ as, tenant }) => {
  const { id } = (await as(tenant).post('/v1/templates', greeting)).json<{ id: string }>()
  const taken = await as(tenant).post('/v1/templates', greeting)
  const deleted = await as(tenant).delete(`/v1/templates/${id}`)

  expect(taken.json()).toMatchObject({ status: 409, code: 'template_name_taken', errors: [{ pointer: '/name' }] })
  expect(deleted.statusCode).toBe(204)
  expect((await as(tenant).get(`/v1/templates/${id}`)).statusCode).toBe(404)
  expect((await as(tenant).post('/v1/templates', greeting)).statusCode).toBe(201)
})

test('lists versions without their texts, and shows one with them', async ({ as, tenant }) => {
  const { id } = (await as(tenant).post('/v1/templates', greeting)).json<{ id: string }>()

  const listed = (await as(tenant).get(`/v1/templates/${id}`)).json<{ versions: object[] }>()
  const whole = await as(tenant).get(`/v1/templates/${id}/versions/1`)

  expect(Object.keys(listed.versions[0] ?? {})).not.toContain('texts')
  expect(whole.json()).toMatchObject({ version: 1, texts: greeting.texts })
  expect((await as(tenant).get(`/v1/templates/${id}/versions/2`)).statusCode).toBe(404)
  expect((await as(tenant).get(`/v1/templates/${id}/versions/x`)).statusCode).toBe(400)
})

test("answers 404 for another tenant's template, and 403 without the scope", async ({ as, db, tenant }) => {
  const { id } = (await as(tenant).post('/v1/templates', greeting)).json<{ id: string }>()
  const stranger = await createTenant(db)
  const reader = await createTenant(db, ['templates:read'])

  for (const attempt of [
    as(stranger).get(`/v1/templates/${id}`),
    as(stranger).put(`/v1/templates/${id}`, { texts: { en: 'x' } }),
    as(stranger).delete(`/v1/templates/${id}`),
    as(stranger).post(`/v1/templates/${id}/publish`, {}),
    as(stranger).post(`/v1/templates/${id}/rollback`, {}),
  ]) {
    expect((await attempt).statusCode).toBe(404)
  }
  expect((await as(stranger).get('/v1/templates')).json()).toEqual({ data: [], next_cursor: null })
  expect((await as(reader).post('/v1/templates', greeting)).statusCode).toBe(403)
})

const nested = (levels: number): string => '{{#a}}'.repeat(levels) + 'x' + '{{/a}}'.repeat(levels)

test.for([
  [{ texts: { en: '{{#open}}' } }, '/texts/en'],
  [{ texts: { en: '{{> other}}' } }, '/texts/en'],
  [{ texts: { en: 'x' }, default_locale: 'fr' }, '/default_locale'],
  [{ texts: { en: 'x', de: 'y' } }, '/default_locale'],
  [{ texts: { en: nested(2_700) } }, '/texts/en'],
  [{ texts: { en: nested(21) } }, '/texts/en'],
  [{ texts: { en: `{{${'a.'.repeat(10)}a}}` } }, '/texts/en'],
  [{ texts: { en: 'x' }, schema: { type: 'nothing' } }, '/schema/type'],
  [{ texts: { en: 'x' }, schema: { properties: { a: { pattern: '^(a+)+$' } } } }, '/schema/properties/a/pattern'],
  [
    {
      texts: { en: 'x' },
      schema: { x: { properties: { pattern: '^(a+)+$' } }, properties: { a: { $ref: '#/x/properties' } } },
    },
    '/schema/x',
  ],
  [{ texts: { en: 'x' }, schema: { properties: { a: { $ref: '#' } } } }, '/schema/properties/a/$ref'],
  [{ texts: { en: 'x' }, schema: { uniqueItems: true } }, '/schema/uniqueItems'],
  [{ texts: { en: 'x' }, schema: { enum: Array.from({ length: 300 }, (_, index) => index) } }, '/schema/enum'],
] as const)('refuses a template that cannot be used: %j', async ([fields, pointer], { as, tenant }) => {
  const answer = await as(tenant).post('/v1/templates', { name: 'broken', ...fields })

  expect(answer.json()).toMatchObject({ status: 422, code: 'template_invalid', errors: [{ pointer }] })
})

test('tells what is wrong with the use of a template', async ({ api, as, db, tenant }) => {
  await createBot(api, tenant)
  await createConnection(db, tenant, 'u')
  const { id } = (
    await as(tenant).post('/v1/templates', { ...greeting, strict: true, schema: { required: ['order'] } })
  ).json<{ id: string }>()
  const use = async (template: object, more: object = {}) => {
    const answer = await as(tenant).post('/v1/notifications', { to: { user_id: 'u' }, template, ...more })
    const { code, errors } = answer.json<{ code: string; errors: { pointer: string }[] }>()
    return [answer.statusCode, code, errors[0]?.pointer]
  }

  expect(await use({ id, variables: { order: 1 } })).toEqual([422, 'template_unpublished', '/template/id'])
  await as(tenant).post(`/v1/templates/${id}/publish`, {})
  expect(await use({ id })).toEqual([422, 'variables_invalid', '/template/variables/order'])
  expect(await use({ id, variables: { order: 1 } })).toEqual([422, 'variables_invalid', '/template/variables/name'])
  expect(await use({ id, version: 9 })).toEqual([422, 'template_unknown', '/template/version'])
  expect(await use({ id: 'tpl_x' })).toEqual([422, 'template_unknown', '/template/id'])
  expect(await use({ id }, { text: 'x' })).toEqual([422, 'impossible_combination', '/template'])
  await as(tenant).put('/v1/users/u', { attributes: { name: 'Ada' } })
  const good = await as(tenant).post('/v1/notifications', {
    to: { user_id: 'u' },
    template: { id, variables: { order: 1 } },
  })
  expect(good.statusCode).toBe(202)
})

test('takes sections and names as deep as they may be, and refuses texts under names that are no language', async ({
  as,
  tenant,
}) => {
  const deep = await as(tenant).post('/v1/templates', {
    name: 'deep',
    texts: { en: nested(20) + `{{${'a.'.repeat(9)}a}}` },
  })
  const noLanguage = await as(tenant).post('/v1/templates', { name: 'x', texts: { '!!': 'x' }, default_locale: 'en' })

  expect(deep.statusCode).toBe(201)
  expect(noLanguage.json()).toMatchObject({
    status: 400,
    errors: [{ pointer: '/texts/!!', code: 'wrong_format', detail: 'must be a language tag, such as de-AT' }],
  })
})

test('texts that nobody could read in one go are refused', async ({ as, tenant }) => {
  const texts = Object.fromEntries(['en', 'de', 'fr', 'it'].map((locale) => [locale, 'x'.repeat(70_000)]))

  expect((await as(tenant).post('/v1/templates', { name: 'long', default_locale: 'en', texts })).json()).toMatchObject({
    status: 400,
    errors: [{ pointer: '/texts', code: 'too_long' }],
  })
})

test('what is published at once stands in the audit, and so does what is deleted, once', async ({ as, db, tenant }) => {
  const { id } = (await as(tenant).post('/v1/templates', { name: 'now', texts: { en: 'a' }, publish: true })).json<{
    id: string
  }>()
  const answers = await Promise.all([1, 2].map(() => as(tenant).delete(`/v1/templates/${id}`)))

  expect(answers.map(({ statusCode }) => statusCode).toSorted((a, b) => a - b)).toEqual([204, 404])
  const actions = await db.auditEntry.findMany({
    where: { tenantId: tenant.id, action: { startsWith: 'template.' } },
    orderBy: { id: 'asc' },
    select: { action: true },
  })
  expect(actions.map(({ action }) => action)).toEqual(['template.published', 'template.deleted'])
})
