import { expect, test } from 'vitest'
import type { MessageOptions } from './message.js'
import { planMessage } from './plan-message.js'

const plan = (text: string, options: MessageOptions = {}, dropped: string[] = []) =>
  planMessage(
    { format: 'markdown', text, options },
    { dropped, isGroup: false, replyToMessageId: 7, callbackDataOf: (index, action) => `${index} ${action}` },
  )
const photo = { type: 'photo' as const, url: 'https://a.b/c.jpg' }
const buttons = [[{ text: 'b', action: 'go' }]]

test('puts what opens a message on its first call, and buttons on its last', () => {
  const steps = plan('word '.repeat(2_000), { buttons, silent: true, effect: '1' })

  expect(steps.map(({ method }) => method)).toEqual(['sendMessage', 'sendMessage', 'sendMessage'])
  expect(steps.map(({ params }) => Object.keys(params).filter((name) => name !== 'text'))).toEqual([
    ['disable_notification', 'message_effect_id', 'reply_parameters'],
    ['disable_notification'],
    ['disable_notification', 'reply_markup'],
  ])
})

test('sends an album, and what it cannot have after it', () => {
  expect(plan('x', { attachments: [photo, photo] }).map(({ method, shown }) => [method, shown.text])).toEqual([
    ['sendMediaGroup', 'x'],
  ])
  expect(plan('x', { attachments: [photo, photo], buttons }).map(({ method, shown }) => [method, shown.text])).toEqual([
    ['sendMediaGroup', ''],
    ['sendMessage', 'x'],
  ])
  expect(plan('x', { attachments: [{ ...photo, type: 'sticker' }] }).map(({ method }) => method)).toEqual([
    'sendSticker',
    'sendMessage',
  ])
})

test('goes without what was dropped', () => {
  const options = { topic: 5, effect: '1', attachments: [{ ...photo, fallback: 'document' as const }] }
  const [step] = plan('**x**', options, ['formatting', 'topic', 'effect', 'photo'])

  expect(step?.method).toBe('sendDocument')
  expect(step?.params).toEqual({ caption: 'x', reply_parameters: { message_id: 7, allow_sending_without_reply: true } })
})

test('gives the same calls each time', () => {
  const content: Parameters<typeof plan> = ['word '.repeat(3_000), { attachments: [photo], buttons }]

  expect(plan(...content)).toEqual(plan(...content))
})
