import { createSealer } from '@tellwire/domain'
import { speak } from '@tellwire/texts'
import { expect, test } from 'vitest'
import { makeChatButton, readChatButton } from './chat-buttons.js'
import type { Said } from './place.js'

const signing = { sealer: createSealer(Buffer.alloc(32, 7).toString('base64')), botId: 'bot' }
const said: Said = {
  chat: { id: 42, type: 'private', first_name: 'Ada' },
  from: { id: 9_007_199_254_740_991, is_bot: false, first_name: 'Ada' },
  senderChat: undefined,
  place: { chatId: 42 },
  speaker: speak('en'),
  chosenLanguage: null,
}
const button = { kind: 'apps', argument: `r.${'A'.repeat(22)}` } as const

test('is read as it was made, in the 64 bytes that Telegram keeps', () => {
  const data = makeChatButton(signing, said, button)

  expect(Buffer.byteLength(data)).toBeLessThanOrEqual(64)
  expect(readChatButton(signing, 42, data)).toEqual({ ...button, ownerId: said.from?.id })
})

test('means nothing in another chat, with another bot, or changed', () => {
  const data = makeChatButton(signing, said, button)

  expect(readChatButton(signing, 43, data)).toBeUndefined()
  expect(readChatButton({ ...signing, botId: 'other' }, 42, data)).toBeUndefined()
  expect(readChatButton(signing, 42, data.replace('~r.', '~x.'))).toBeUndefined()
  expect(readChatButton(signing, 42, data.replace('apps', 'stop'))).toBeUndefined()
  expect(readChatButton(signing, 42, 'tws~apps~x~~')).toBeUndefined()
})
