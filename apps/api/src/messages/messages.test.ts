import { expect } from 'vitest'
import { createBot, createConnection, createTenant, test } from '../../test/fixtures.js'

const button = (fields: object) => ({ text: 'x', buttons: [[{ text: 'b', ...fields }]] })
const attachments = (...items: object[]) => ({ text: 'x', attachments: items })
const photo = { type: 'photo', url: 'https://a.b/c.jpg' }

// Each with the status, the code and the pointer of what is wrong with it.
test.for([
  [{}, 400, 'invalid_request', '/text'],
  [{ text: '' }, 400, 'invalid_request', '/text'],
  [{ text: 'x', format: 'html' }, 400, 'invalid_request', '/format'],
  [{ text: '<b>x', format: 'telegram_html' }, 422, 'markup_invalid', '/text'],
  [{ text: '*x', format: 'telegram_markdown' }, 422, 'markup_invalid', '/text'],
  [{ text: '<b></b>', format: 'telegram_html' }, 422, 'text_empty', '/text'],
  [{ text: 'x'.repeat(5_000), overflow: 'reject' }, 422, 'message_too_long', '/text'],
  [{ ...attachments(photo), text: 'x'.repeat(2_000), overflow: 'reject' }, 422, 'message_too_long', '/text'],
  [button({}), 422, 'buttons_refused', '/buttons/0/0'],
  [button({ url: 'https://a.b', action: 'c' }), 422, 'buttons_refused', '/buttons/0/0'],
  [button({ url: 'http://localhost' }), 422, 'buttons_refused', '/buttons/0/0/url'],
  [button({ url: 'ftp://a.b' }), 422, 'buttons_refused', '/buttons/0/0/url'],
  [button({ url: 'https://a.b', value: 1 }), 422, 'buttons_refused', '/buttons/0/0/value'],
  [button({ action: 'a', value: 'x'.repeat(5_000) }), 422, 'buttons_refused', '/buttons/0/0/value'],
  [button({ action: 'x'.repeat(65) }), 400, 'invalid_request', '/buttons/0/0/action'],
  [button({ copy: '' }), 400, 'invalid_request', '/buttons/0/0/copy'],
  [button({ web_app: 'http://a.b' }), 422, 'buttons_refused', '/buttons/0/0/web_app'],
  [{ text: 'x', buttons: [] }, 400, 'invalid_request', '/buttons'],
  [{ text: 'x', buttons: [[]] }, 400, 'invalid_request', '/buttons/0'],
  [{ text: 'x', buttons: [Array(13).fill({ text: 'b', copy: 'c' })] }, 400, 'invalid_request', '/buttons/0'],
  [{ text: 'x', buttons: Array(51).fill(Array(6).fill({ text: 'b', copy: 'c' })) }, 422, 'buttons_refused', '/buttons'],
  [
    { text: 'x', keyboard: { buttons: [['a']] }, remove_keyboard: true },
    422,
    'impossible_combination',
    '/remove_keyboard',
  ],
  [{ attachments: [photo, photo], buttons: [[{ text: 'b', copy: 'c' }]] }, 422, 'buttons_refused', '/buttons'],
  [attachments({ type: 'photo' }), 422, 'attachments_refused', '/attachments/0'],
  [attachments({ ...photo, file_id: 'AgACAgIAAxkBAAI' }), 422, 'attachments_refused', '/attachments/0'],
  [attachments({ type: 'poster', url: 'https://a.b' }), 400, 'invalid_request', '/attachments/0/type'],
  [attachments({ type: 'photo', url: 'tg://a' }), 422, 'attachments_refused', '/attachments/0/url'],
  [attachments({ type: 'photo', url: 'http://x' }), 422, 'attachments_refused', '/attachments/0/url'],
  [attachments({ type: 'photo', url: 'http://169.254.169.254/' }), 422, 'attachments_refused', '/attachments/0/url'],
  [attachments({ type: 'photo', url: 'https://u:p@a.b/' }), 422, 'attachments_refused', '/attachments/0/url'],
  [attachments({ type: 'photo', file_id: 'file:///etc/passwd' }), 400, 'invalid_request', '/attachments/0/file_id'],
  [attachments({ type: 'photo', file_id: 'http://a.b/c' }), 400, 'invalid_request', '/attachments/0/file_id'],
  [button({ url: 'http://192.168.0.1/' }), 422, 'buttons_refused', '/buttons/0/0/url'],
  [{ text: 'x', link_preview: { url: 'http://127.0.0.1/' } }, 422, 'link_preview_refused', '/link_preview/url'],
  [attachments({ type: 'photo', file: 'fil_x' }), 422, 'file_unknown', '/attachments/0/file'],
  [
    attachments({ type: 'audio', url: 'https://a.b', spoiler: true }),
    422,
    'attachments_refused',
    '/attachments/0/spoiler',
  ],
  [
    attachments({ type: 'audio', url: 'https://a.b', fallback: 'document' }),
    422,
    'attachments_refused',
    '/attachments/0/fallback',
  ],
  [attachments(photo, { ...photo, type: 'animation' }), 422, 'attachments_refused', '/attachments/1/type'],
  [attachments(photo, { ...photo, type: 'document' }), 422, 'attachments_refused', '/attachments/1/type'],
  [attachments(...Array<object>(11).fill(photo)), 400, 'invalid_request', '/attachments'],
  [{ text: 'x', reply_to: 'ntf_x' }, 422, 'reply_target_unknown', '/reply_to'],
  [{ text: 'x', topic: 0 }, 400, 'invalid_request', '/topic'],
  [{ text: 'x', effect: 'fire' }, 400, 'invalid_request', '/effect'],
  [{ text: 'x', telegram: { chat_id: 1 } }, 400, 'invalid_request', '/telegram/chat_id'],
  [{ text: 'x', mode: 'append' }, 422, 'impossible_combination', '/mode'],
  [{ text: 'x', link_preview: 'huge' }, 400, 'invalid_request', '/link_preview'],
] as const)('refuses %j', async ([message, status, code, pointer], { as, tenant }) => {
  const answer = await as(tenant).post('/v1/notifications', { to: { user_id: 'u' }, ...message })

  expect(answer.json()).toMatchObject({ status, code })
  expect(answer.json<{ errors: { pointer: string }[] }>().errors.map((error) => error.pointer)).toContain(pointer)
})

test('shows a message as it was accepted', async ({ api, as, db, tenant }) => {
  await createBot(api, tenant)
  await createConnection(db, tenant, 'u')
  const message = {
    text: '**x**',
    buttons: [[{ text: 'Mute', action: 'mute', value: { artist: 7 } }]],
    attachments: [photo],
    silent: true,
    link_preview: { mode: 'small' },
    telegram: { show_caption_above_media: true },
  }
  const { id } = (await as(tenant).post('/v1/notifications', { to: { user_id: 'u' }, ...message })).json<{
    id: string
  }>()

  expect((await as(tenant).get(`/v1/notifications/${id}`)).json()).toMatchObject(message)
})

test('renders without sending, whatever a notification could be', async ({ as, tenant }) => {
  const render = async (message: object) => (await as(tenant).post('/v1/render', message)).json()

  expect(await render({ text: '**a** b' })).toEqual({
    text: 'a b',
    entities: [{ type: 'bold', offset: 0, length: 1 }],
    length: 3,
    parts: [
      {
        method: 'sendMessage',
        text: 'a b',
        entities: [{ type: 'bold', offset: 0, length: 1 }],
        length: 3,
        length_max: 4_096,
        attachments: 0,
        html: '<strong>a</strong> b',
      },
    ],
    warnings: [],
    html: '<strong>a</strong> b',
  })
  expect(await render({ text: 'x', attachments: [photo] })).toMatchObject({
    parts: [{ method: 'sendPhoto', text: 'x', length_max: 1_024, attachments: 1 }],
  })
  expect(await render({ text: '_', format: 'telegram_markdown_v2' })).toMatchObject({
    status: 422,
    code: 'markup_invalid',
  })
  expect(await render({ to: { user_id: 'u' }, text: 'x' })).toMatchObject({ status: 400, errors: [{ pointer: '/to' }] })
})

test('changes and takes back only what is there, and only with the right', async ({ api, as, db, tenant }) => {
  await createBot(api, tenant)
  await createConnection(db, tenant, 'u')
  const { id } = (await as(tenant).post('/v1/notifications', { to: { user_id: 'u' }, text: 'x' })).json<{
    id: string
  }>()
  const stranger = await createTenant(db)
  const patch = (tenantKey: string, body: object) =>
    api.app.inject({
      method: 'PATCH',
      url: `/v1/notifications/${id}`,
      headers: { authorization: `Bearer ${tenantKey}`, 'content-type': 'application/json' },
      payload: JSON.stringify(body),
    })

  expect((await patch(stranger.key, { text: 'y' })).statusCode).toBe(404)
  expect((await patch(tenant.key, {})).json()).toMatchObject({ status: 400 })
  expect((await patch(tenant.key, { text: ' ' })).json()).toMatchObject({ status: 422, code: 'text_empty' })
  expect((await patch(tenant.key, { text: '_y_', buttons: [[{ text: 'b', copy: 'c' }]] })).json()).toEqual({
    id,
    editing: 0,
  })
  expect((await patch(tenant.key, { buttons: null })).statusCode).toBe(202)
  const shown = (await as(tenant).get(`/v1/notifications/${id}`)).json()
  expect(shown).toMatchObject({ text: '_y_', edited_at: expect.any(String) })
  expect(shown).not.toHaveProperty('buttons')
  expect((await as(stranger).delete(`/v1/notifications/${id}/message`)).statusCode).toBe(404)
  expect((await as(tenant).delete(`/v1/notifications/${id}/message`)).json()).toEqual({ id, deleting: 0, too_old: 0 })
})
