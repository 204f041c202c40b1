import { expect } from 'vitest'
import { type ApiFixture, createBot, createConnection, createTenant, test } from '../../../test/fixtures.js'

const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)

function upload(api: ApiFixture, key: string, content: Buffer, { name = 'a.bin', type = 'text/plain' } = {}) {
  const boundary = 'limit'
  const head = `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${name}"\r\nContent-Type: ${type}\r\n\r\n`
  return api.app.inject({
    method: 'POST',
    url: '/v1/files',
    headers: { authorization: `Bearer ${key}`, 'content-type': `multipart/form-data; boundary=${boundary}` },
    payload: Buffer.concat([Buffer.from(head), content, Buffer.from(`\r\n--${boundary}--\r\n`)]),
  })
}

test('keeps a file once for each tenant, by what is in it', async ({ api, as, db, tenant }) => {
  const stranger = await createTenant(db)
  const first = await upload(api, tenant.key, png, { name: 'cover.jpg', type: 'text/html' })
  const again = await upload(api, tenant.key, png, { name: 'other.png' })
  const theirs = await upload(api, stranger.key, png)
  const { id } = first.json<{ id: string }>()

  expect(first.statusCode).toBe(201)
  expect(first.headers['location']).toBe(`/v1/files/${id}`)
  expect(first.json()).toMatchObject({ name: 'cover.jpg', size: png.length, mime_type: 'image/png' })
  expect([again.statusCode, again.json()]).toEqual([200, first.json()])
  expect(theirs.json<{ id: string }>().id).not.toBe(id)
  expect((await as(tenant).get(`/v1/files/${id}`)).json()).toEqual(first.json())
  expect((await as(tenant).get('/v1/files')).json()).toMatchObject({ data: [{ id }], next_cursor: null })
  expect((await as(stranger).get(`/v1/files/${id}`)).statusCode).toBe(404)
})

test('takes the claim for text, and for nothing else', async ({ api, tenant }) => {
  const csv = await upload(api, tenant.key, Buffer.from('a,b'), { type: 'text/csv' })
  const claimed = await upload(api, tenant.key, Buffer.from('not a picture'), { type: 'image/png' })

  expect(csv.json()).toMatchObject({ mime_type: 'text/csv' })
  expect(claimed.json()).toMatchObject({ mime_type: 'application/octet-stream' })
})

test('refuses what is too large, empty or no form', async ({ api, as, tenant }) => {
  const large = await upload(api, tenant.key, Buffer.alloc(50 * 1_048_576 + 1))
  const empty = await upload(api, tenant.key, Buffer.alloc(0))
  const json = await as(tenant).post('/v1/files', { file: 'x' })
  const cut = await api.app.inject({
    method: 'POST',
    url: '/v1/files',
    headers: { authorization: `Bearer ${tenant.key}`, 'content-type': 'multipart/form-data; boundary=x' },
    payload: '--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nabc',
  })

  expect(large.json()).toMatchObject({ status: 413, errors: [{ pointer: '/file', code: 'file_too_large' }] })
  expect(empty.json()).toMatchObject({ status: 422, code: 'file_empty', errors: [{ pointer: '/file' }] })
  expect(json.json()).toMatchObject({ status: 415, code: 'unsupported_media_type' })
  expect(cut.json()).toMatchObject({ status: 400, code: 'malformed_request', errors: [{ pointer: '/file' }] })
})

test('refuses a key that may not upload', async ({ api, db }) => {
  const reader = await createTenant(db, ['notifications:read'])

  expect((await upload(api, reader.key, png)).json()).toMatchObject({ status: 403, code: 'insufficient_scope' })
})

test('deletes a file once nothing that waits needs it', async ({ api, as, db, tenant }) => {
  await createBot(api, tenant)
  await createConnection(db, tenant, 'a')
  const { id } = (await upload(api, tenant.key, png)).json<{ id: string }>()
  const attachments = [{ type: 'photo', file: id }]
  const notification = (
    await as(tenant).post('/v1/notifications', { to: { user_id: 'a' }, attachments, send_at: '2027-06-01T00:00:00Z' })
  ).json()

  const needed = await as(tenant).delete(`/v1/files/${id}`)
  await as(tenant).post(`/v1/notifications/${notification.id}/cancel`, {})
  const deleted = await as(tenant).delete(`/v1/files/${id}`)

  expect(needed.json()).toMatchObject({ status: 409, code: 'file_in_use' })
  expect(deleted.statusCode).toBe(204)
  expect((await as(tenant).get(`/v1/files/${id}`)).statusCode).toBe(404)
})

test('notes that a file is in use when it is uploaded again, and when a message names it', async ({
  api,
  as,
  db,
  tenant,
}) => {
  await createBot(api, tenant)
  await createConnection(db, tenant, 'u')
  const { id } = (await upload(api, tenant.key, png)).json<{ id: string }>()
  const age = () => db.file.updateMany({ where: { tenantId: tenant.id }, data: { lastUsedAt: new Date(0) } })
  const isUsed = async () =>
    (await db.file.findFirstOrThrow({ where: { tenantId: tenant.id } })).lastUsedAt.getTime() > Date.now() - 60_000

  await age()
  await upload(api, tenant.key, png)
  expect(await isUsed()).toBe(true)
  await age()
  const accepted = await as(tenant).post('/v1/notifications', {
    to: { user_id: 'u' },
    text: 'Look',
    attachments: [{ type: 'photo', file: id }],
  })
  expect(accepted.statusCode).toBe(202)
  expect(await isUsed()).toBe(true)
})
