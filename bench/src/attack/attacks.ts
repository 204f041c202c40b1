/** Each attack goes on until its signal aborts. What it is answered does not matter. */
import { createHash } from 'node:crypto'
import { connect } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import type { Attacker } from './attacker.js'

export type Attack = (attacker: Attacker, signal: AbortSignal) => Promise<void>

/** Does something again and again, several at a time. */
async function again(signal: AbortSignal, atATime: number, work: (number: number) => Promise<unknown>): Promise<void> {
  let number = 0
  const one = async (): Promise<void> => {
    while (!signal.aborted) {
      await work(number++).catch(() => undefined)
      // One that is refused at once is no reason to keep this process from doing anything else.
      await delay(1)
    }
  }
  await Promise.all(Array.from({ length: atATime }, one))
}

const nested = (levels: number): string => '{{#a}}'.repeat(levels) + 'x' + '{{/a}}'.repeat(levels)
const own = (attacker: Attacker): object => ({ user_id: attacker.userIds[0] })

const templates: Attack = async (attacker, signal) => {
  const call: Attacker['call'] = (...given) => attacker.call(...given)
  const many = Array.from({ length: 120 }, (_, index) => index)
  const heavy = `{{#a}}{{#a}}{{#a}}{{x.y.z.w.v}}{{/a}}{{/a}}{{/a}}`
  const made = await call('POST', '/v1/templates', { name: `heavy ${Date.now()}`, texts: { en: heavy }, publish: true })
  await again(signal, 8, async (number) => {
    const template = { id: made?.['id'], variables: { a: many } }
    await call('POST', '/v1/notifications', { to: own(attacker), template })
    await call('POST', '/v1/render', { template })
    await call('POST', '/v1/templates', { name: `n ${number}`, texts: { en: nested(2_700) } })
    await call('POST', '/v1/templates', { name: `s ${number}`, texts: { en: `{{a${' '.repeat(32_000)}` } })
    await call('POST', '/v1/templates', { name: `r ${number}`, texts: { en: 'x' }, schema: references(300) })
  })
}

function references(count: number): object {
  const definitions = Object.fromEntries(
    Array.from({ length: count }, (_, index) => [
      `d${index}`,
      { $ref: `#/definitions/d${index + 1}`, pattern: '^(a+)+$' },
    ]),
  )
  return { definitions, properties: { a: { $ref: '#/definitions/d0' }, b: { uniqueItems: true } } }
}

/** Texts that take as long to read as any of their length. */
const texts: Attack = (attacker, signal) =>
  again(signal, 8, async (number) => {
    const unit = ['***a', '_*', '[^1]: x\n', '[', '[a](', '<b><i>'][number % 6] ?? ''
    const text = unit.repeat(32_000 / unit.length)
    await attacker.call('POST', '/v1/notifications', { to: own(attacker), text })
    await attacker.call('POST', '/v1/render', { text, overflow: 'split' })
  })

const bodies: Attack = (attacker, signal) => {
  const empty = `{"notifications":[${'{},'.repeat(2_700_000)}{}]}`
  const zeros = `{"to":{"user_ids":[${'0,'.repeat(500_000)}0]},"text":"x"}`
  const deep = `{"metadata":${'['.repeat(500_000)}${']'.repeat(500_000)}}`
  const wide = JSON.stringify(Object.fromEntries(Array.from({ length: 40_000 }, (_, index) => [`f${index}`, index])))
  return again(signal, 4, async (number) => {
    if (number % 4 === 0) await attacker.send('POST', '/v1/notifications/batch', empty)
    else await attacker.send('POST', '/v1/notifications', [zeros, deep, wide][number % 3] ?? '')
  })
}

/** Connections that send a byte now and then, and never what they have promised. */
const trickle: Attack = async ({ port, key, address }, signal) => {
  const sockets = Array.from({ length: 300 }, (_, index) => {
    const path = ['/v1/notifications', '/nowhere', '/telegram/1', '/v1/files'][index % 4]
    const head = `POST ${path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${key}\r\ncontent-type: application/json\r\n`
    const socket = connect({ port, host: '127.0.0.1', localAddress: address })
    socket.on('error', () => undefined)
    socket.write(index % 5 === 0 ? head : `${head}content-length: 900000\r\n\r\n{`)
    return socket
  })
  while (!signal.aborted) {
    for (const socket of sockets) if (!socket.destroyed) socket.write(' ')
    await delay(500)
  }
  for (const socket of sockets) socket.destroy()
}

const flood: Attack = (attacker, signal) => {
  const to = { user_ids: attacker.userIds.slice(0, 500) }
  const batch = JSON.stringify({ notifications: Array.from({ length: 20 }, () => ({ to, text: 'flood' })) })
  const broadcast = JSON.stringify({ to: { everyone: true }, text: 'flood', priority: 'bulk' })
  return again(signal, 40, (number) =>
    number % 3 === 0
      ? attacker.send('POST', '/v1/notifications/batch', batch)
      : attacker.send('POST', '/v1/notifications', broadcast),
  )
}

const keys: Attack = (attacker, signal) =>
  again(signal, 60, async (number) => {
    const headers = { 'idempotency-key': `same ${number >> 6}` }
    const paths = ['/v1/notifications', '/v1/topics/t/subscribers', '/v1/connect-links'] as const
    const path = paths[number % 3] ?? paths[0]
    const userId = attacker.userIds[0] ?? ''
    const body = {
      '/v1/notifications': { to: { user_id: userId }, text: 'x', dedupe: { key: 'same', window: 60 } },
      '/v1/topics/t/subscribers': { user_ids: attacker.userIds.slice(0, 500) },
      '/v1/connect-links': { user_id: userId },
    }[path]
    await attacker.call('POST', path, body, headers)
  })

const reads: Attack = (attacker, signal) =>
  again(signal, 40, async (number) => {
    const paths = [
      '/v1/notifications?reason=nothing',
      '/v1/notifications?status=unknown&limit=100',
      '/v1/notifications?topic=nothing',
      '/v1/users?q=nothing',
      '/v1/users?connected=false',
      '/v1/connections?status=gone',
      '/v1/connect-links?status=revoked',
    ]
    if (number % 8 === 7) {
      await attacker.call('POST', '/v1/notifications/replay', { filter: { reason: 'nothing' }, dry_run: true })
    } else await attacker.call('GET', paths[number % paths.length] ?? '')
  })

/** Waits of a visitor without a key, of a key, and of senders. */
const waits: Attack = async (attacker, signal) => {
  const link = await attacker.call('POST', '/v1/connect-links', { user_id: 'waiting' })
  const page = new URL(String(link?.['connect_page_url'])).pathname
  await Promise.all([
    again(signal, 500, () => attacker.visit(`${page}/status`)),
    again(signal, 100, () => attacker.call('GET', `/v1/connect-links/${String(link?.['id'])}?wait=30`)),
    again(signal, 100, () =>
      attacker.call('POST', '/v1/notifications', { to: own(attacker), text: 'x' }, { prefer: 'wait=10' }),
    ),
  ])
}

const edits: Attack = async (attacker, signal) => {
  const sent = await attacker.call('POST', '/v1/notifications', { to: own(attacker), text: 'edited' })
  const broadcast = await attacker.call('POST', '/v1/notifications', { to: { everyone: true }, text: 'edited' })
  await again(signal, 10, async (number) => {
    const { id } = (number % 2 === 0 ? sent : broadcast) ?? {}
    await attacker.call('PATCH', `/v1/notifications/${String(id)}`, { text: `edit ${number}` })
    if (number % 10 === 9) await attacker.call('DELETE', `/v1/notifications/${String(broadcast?.['id'])}/message`)
  })
}

/** A stranger: keys that are well formed and unknown, addresses that there are not, updates without their secret. */
const strangers: Attack = (attacker, signal) =>
  again(signal, 60, async (number) => {
    const random = createHash('sha256').update(String(number)).digest('base64url').replace(/[-_]/g, '0').slice(0, 32)
    if (number % 4 === 0) await attacker.visit('/v1/me', { authorization: `Bearer ${attacker.withChecksum(random)}` })
    else if (number % 4 === 1) await attacker.visit(`/nowhere/${number}`)
    else if (number % 4 === 2) await attacker.visit(`/c/${random}`)
    else await attacker.send('POST', '/telegram/1000001', '{"update_id":1}', { authorization: '' })
  })

export const attacks: Record<string, Attack> = {
  templates,
  texts,
  bodies,
  trickle,
  flood,
  keys,
  reads,
  waits,
  edits,
  strangers,
}
