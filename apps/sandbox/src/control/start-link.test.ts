import { expect, test } from 'vitest'
import { parseStartLink } from './start-link.js'

test.each([
  ['https://t.me/a_bot?start=abc_-1', { kind: 'start', bot: 'a_bot', payload: 'abc_-1' }],
  ['tg://resolve?domain=a_bot&start=abc', { kind: 'start', bot: 'a_bot', payload: 'abc' }],
  ['https://t.me/a_bot', { kind: 'start', bot: 'a_bot', payload: '' }],
  ['https://t.me/a_bot?startgroup=abc', { kind: 'startgroup', bot: 'a_bot', payload: 'abc' }],
  [
    'https://t.me/a_bot?startchannel&admin=post_messages+manage_chat',
    { kind: 'startchannel', bot: 'a_bot', payload: '', adminRights: ['post_messages', 'manage_chat'] },
  ],
])('reads %s', (link, expected) => {
  expect(parseStartLink(link)).toEqual({ adminRights: [], ...expected })
})

test.each([
  ['nonsense', /not a URL/],
  ['https://example.com/a_bot?start=a', /does not lead to a bot/],
  [`https://t.me/a_bot?start=${'a'.repeat(65)}`, /START_PARAM_TOO_LONG/],
  ['https://t.me/a_bot?start=a.b', /START_PARAM_INVALID/],
])('refuses %s', (link, message) => {
  expect(() => parseStartLink(link)).toThrow(message)
})
