import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { createSealer } from '../secrets/sealer.js'
import { openStartTokens, sealStartTokens } from './start-tokens.js'

const sealer = createSealer(randomBytes(32).toString('base64'))
const token = 'aB3dE5fG7hJ9kL1mN2pQ4rS6tU8vW0xY'

test.for([
  { message: { text: `/start ${token}`, entities: [{ type: 'bot_command', offset: 0, length: 6 }] } },
  { message: { text: `/start@some_bot ${token}` } },
  { message: { text: `It says https://t.me/some_bot?start=${token}, what now?` } },
  { channel_post: { text: `https://t.me/some_bot?startgroup=${token}` } },
  { message: { text: `https://push.example.com/c/${token}` } },
  {
    callback_query: {
      message: { reply_markup: { inline_keyboard: [[{ text: 'a', url: `tg://resolve?domain=b&start=${token}` }]] } },
    },
  },
])('a token is in no update that is stored, and comes back as it was: %j', (update) => {
  const stored = sealStartTokens(sealer, update)

  expect(JSON.stringify(stored)).not.toContain(token)
  expect(openStartTokens(sealer, stored)).toEqual(update)
})

test('anything else is left as it is, and what another installation sealed is no token', () => {
  const update = {
    message: { text: `start ${token}\n/start hello ⦃x⦄`, from: { id: 1, is_bot: false }, photo: [null] },
  }
  const foreign = sealStartTokens(createSealer(randomBytes(32).toString('base64')), { text: `/start ${token}` })

  expect(sealStartTokens(sealer, update)).toBe(update)
  expect(openStartTokens(sealer, update)).toBe(update)
  expect(openStartTokens(sealer, foreign)).toBe(foreign)
})
