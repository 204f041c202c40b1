import { webhookConnectionsMax } from '@tellwire/domain'
import { subscribedUpdates } from '@tellwire/telegram'
import { expect, test } from 'vitest'
import { judgeWebhook, type WebhookFacts, type WebhookVerdict } from './judge-webhook.js'

const nowMs = Date.parse('2026-11-28T12:00:00Z')
const address = 'https://notify.example.com/telegram/1'
const right = {
  url: address,
  pending_update_count: 0,
  max_connections: webhookConnectionsMax,
  allowed_updates: subscribedUpdates.toReversed(),
}
const facts: WebhookFacts = {
  wanted: 'auto',
  address,
  isSecretTold: true,
  polledUntilMs: undefined,
  failingSinceMs: undefined,
  info: right,
}
const failing = {
  ...right,
  pending_update_count: 3,
  last_error_date: nowMs / 1_000 - 5,
  last_error_message: 'Connection refused',
}

test.each<[string, Partial<WebhookFacts>, Partial<WebhookVerdict>]>([
  ['all is well', {}, { action: 'nothing', mode: 'webhook', health: 'reached' }],
  ['nothing is set', { info: { pending_update_count: 0, url: '' } }, { action: 'set', health: 'unknown' }],
  ['the address is another', { info: { ...right, url: 'https://old.example.com/telegram/1' } }, { action: 'set' }],
  ['the secret is the one before', { isSecretTold: false }, { action: 'set' }],
  ['another number of connections', { info: { ...right, max_connections: 1 } }, { action: 'set' }],
  ['other kinds of updates', { info: { ...right, allowed_updates: ['message'] } }, { action: 'set' }],
  ['the default kinds of updates', { info: { ...right, allowed_updates: undefined } }, { action: 'set' }],
  [
    'it fails for the first time',
    { info: failing },
    { action: 'nothing', health: 'failing', error: 'Connection refused' },
  ],
  [
    'it fails for long, and may be polled',
    { info: failing, failingSinceMs: nowMs - 20_000 },
    { action: 'delete', mode: 'polling', fallsBack: true },
  ],
  [
    'it fails for long, and is to have a webhook',
    { wanted: 'webhook', info: failing, failingSinceMs: nowMs - 20_000 },
    { action: 'nothing', mode: 'webhook', health: 'failing' },
  ],
  ['an error of long ago', { info: { ...failing, last_error_date: nowMs / 1_000 - 600 } }, { health: 'reached' }],
  ['an error, and nothing waits', { info: { ...failing, pending_update_count: 0 } }, { health: 'reached' }],
  ['it is polled for a while', { polledUntilMs: nowMs + 1 }, { action: 'delete', mode: 'polling', health: 'unknown' }],
  ['the while is over', { polledUntilMs: nowMs - 1 }, { action: 'nothing', mode: 'webhook' }],
  ['polling is wanted', { wanted: 'polling' }, { action: 'delete', mode: 'polling', health: 'reached' }],
  [
    'Telegram reaches nothing of ours',
    { address: undefined, info: { pending_update_count: 2, url: '' } },
    { action: 'nothing', mode: 'polling', health: 'reached' },
  ],
])('%s', (_, given, expected) => {
  expect(judgeWebhook({ ...facts, ...given }, nowMs)).toMatchObject(expected)
})
