import { describe, expect, test } from 'vitest'
import type { MessageOptions } from './message.js'
import { SpoilerRefused } from './go-without.js'
import { planMessage } from './plan-message.js'

const plan = (text: string, options: MessageOptions = {}, dropped: string[] = []) =>
  planMessage(
    { format: 'markdown', text, options },
    {
      dropped,
      isGroup: false,
      sender: undefined,
      replyTo: { messageId: 7, chatId: undefined },
      callbackDataOf: (index, action) => `${index} ${action}`,
    },
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

describe('what was sent stays as it was divided', () => {
  test('when the buttons below an album are refused', () => {
    const [album, ...below] = plan('x'.repeat(1_500), { attachments: [photo, photo], buttons })
    const [sent, ...rest] = plan('x'.repeat(1_500), { attachments: [photo, photo], buttons }, ['buttons'])

    expect(sent).toEqual(album)
    expect(rest.map(({ shown }) => shown.text)).toEqual(below.map(({ shown }) => shown.text))
  })

  test.each([
    ['many words in bold', '**word** '.repeat(250)],
    ['links, whose addresses are spelled out', '[word](https://example.com/a/long/address) '.repeat(250)],
  ])('when formatting is refused in the middle: %s', (_, text) => {
    const whole = plan(text)
    const refused = plan(text, {}, ['formatting/1'])
    const [, second] = whole

    expect(whole.length).toBeGreaterThan(2)
    expect(second?.droppable).toContain('formatting/1')
    expect(refused[0]).toEqual(whole[0])
    expect(refused.slice(1).every(({ shown }) => shown.entities.length === 0)).toBe(true)
    const words = (steps: typeof whole) => steps.flatMap(({ shown }) => shown.text.match(/word/g) ?? []).length
    expect(words(refused)).toBe(250)
  })
})

test('goes without what was dropped', () => {
  const options: MessageOptions = {
    forum_topic: 5,
    effect: '1',
    buttons,
    link_preview: 'large',
    attachments: [{ ...photo, fallback: 'document' }],
  }
  const dropped = ['formatting', 'forum_topic', 'effect', 'buttons', 'reply_to']

  expect(plan('**x**', options, [...dropped, 'photo'])).toMatchObject([
    { method: 'sendDocument', params: { caption: 'x' } },
  ])
  expect(plan('**x**', options, [...dropped, 'attachments/0', 'link_preview'])).toMatchObject([
    { method: 'sendMessage', params: { text: 'x', link_preview_options: { is_disabled: true } }, droppable: [] },
  ])
})

test('knows what each call has along and can go without', () => {
  const options: MessageOptions = { forum_topic: 5, effect: '1', buttons, link_preview: 'large' }

  expect(plan('**x**', options)[0]?.droppable).toEqual([
    'effect',
    'reply_to',
    'buttons',
    'link_preview',
    'forum_topic',
    'formatting',
  ])
  expect(plan('x', { attachments: [photo, photo] })[0]?.droppable).toEqual([
    'reply_to',
    'album',
    'attachments/0',
    'attachments/1',
  ])
  expect(plan('', { attachments: [photo] })[0]?.droppable).toEqual(['reply_to'])
})

test('of an album each medium that is left goes on its own, with the text where it was', () => {
  const options = { attachments: [photo, photo, photo] }

  expect(plan('x', options, ['album', 'attachments/0']).map(({ method, shown }) => [method, shown.text])).toEqual([
    ['sendPhoto', 'x'],
    ['sendPhoto', ''],
  ])
  expect(plan('x', options, ['attachments/1'])).toMatchObject([{ method: 'sendMediaGroup', media: [{}, {}] }])
})

test('where a medium goes, its whole text is a message', () => {
  const text = 'word '.repeat(300)

  expect(plan(text, { attachments: [photo] }).map(({ method }) => method)).toEqual(['sendPhoto', 'sendMessage'])
  expect(plan(text, { attachments: [photo] }, ['attachments/0']).map(({ shown }) => shown.text)).toEqual([text.trim()])
})

test('a link outlives its formatting, and a spoiler is not told', () => {
  const link = '[the run](https://ci.example/1) and https://a.b/'
  const longText = `${link}\n\n${'word '.repeat(1_000)}`

  expect(plan(link, {}, ['formatting'])[0]?.params).toMatchObject({
    text: 'the run (https://ci.example/1) and https://a.b/',
  })
  expect(plan(longText, { overflow: 'file' })[0]?.media[0]?.source).toMatchObject({
    text: expect.stringContaining('the run (https://ci.example/1)'),
  })
  expect(() => plan('||who did it||', {}, ['formatting'])).toThrow(SpoilerRefused)
})

test('icons of buttons are left out before the buttons are', () => {
  const options: MessageOptions = {
    buttons: [[{ text: 'b', action: 'go', style: 'success', icon: '5368324170671202286' }]],
  }
  const keyboardOf = (dropped: string[]) => plan('x', options, dropped)[0]?.params['reply_markup']
  const button = { text: 'b', style: 'success', callback_data: '0 go' }

  expect(plan('x', options)[0]?.droppable).toEqual(['reply_to', 'button_icons', 'buttons'])
  expect(keyboardOf([])).toEqual({ inline_keyboard: [[{ ...button, icon_custom_emoji_id: '5368324170671202286' }]] })
  expect(keyboardOf(['button_icons'])).toEqual({ inline_keyboard: [[button]] })
  expect(keyboardOf(['button_icons', 'buttons'])).toBeUndefined()
})

describe('as a rich message', () => {
  const release = '# 3.2\n\nIt *is* out.'

  test('goes what shows more as one, and whatever is asked for', () => {
    expect(plan(release, { rich: 'auto', buttons, silent: true })).toMatchObject([
      {
        method: 'sendRichMessage',
        params: { rich_message: { blocks: [{ type: 'heading' }, { type: 'paragraph' }] }, disable_notification: true },
        shown: { text: '3.2\n\nIt is out.', entities: [{ type: 'bold' }, { type: 'italic' }] },
        droppable: ['rich', 'reply_to', 'buttons'],
      },
    ])
    expect(plan('It *is* out.', { rich: 'auto' }).map(({ method }) => method)).toEqual(['sendMessage'])
    expect(plan('It *is* out.', { rich: true }).map(({ method }) => method)).toEqual(['sendRichMessage'])
  })

  test('goes nothing that is added to a message, or that was refused as such', () => {
    expect(plan(release, { rich: true, mode: 'append' })[0]?.method).toBe('sendMessage')
    expect(plan(release, { rich: true }, ['rich'])[0]?.method).toBe('sendMessage')
    expect(plan(release, { rich: true }, ['formatting'])[0]?.method).toBe('sendMessage')
  })

  test('goes a long text whole, in several only where it may be parted', () => {
    const long = `${release}\n\n${'word '.repeat(2_000)}`
    const many = Array.from({ length: 600 }, (_, index) => `- item ${index}`).join('\n')
    const methods = (text: string, options: MessageOptions) => plan(text, options).map(({ method }) => method)

    expect(methods(long, { rich: true, overflow: 'file' })).toEqual(['sendRichMessage'])
    expect(methods(many, { rich: true })).toEqual(['sendRichMessage', 'sendRichMessage', 'sendRichMessage'])
    expect(methods(many, { rich: true, overflow: 'truncate' })).toEqual(['sendMessage'])
    expect(methods('word '.repeat(6_000) + 'x'.repeat(3_000), { rich: true })).not.toContain('sendRichMessage')
  })

  test('is refused from a place on, and what is in the chat already stays where it is', () => {
    const attachments = [photo]
    const shape = (dropped: string[]) =>
      plan(release, { rich: 'auto', attachments }, dropped).map(({ method, shown }) => [method, shown.text])
    expect(shape([])).toEqual([
      ['sendPhoto', ''],
      ['sendRichMessage', '3.2\n\nIt is out.'],
    ])
    expect(shape(['rich'])).toEqual([
      ['sendPhoto', ''],
      ['sendMessage', '3.2\n\nIt is out.'],
    ])

    const many = Array.from({ length: 700 }, (_, index) => `- [item ${index}](https://a.example/${index})`).join('\n')
    const whole = plan(many, { rich: true })
    const parted = plan(many, { rich: true }, ['rich/1'])
    expect(whole.map(({ droppable }) => droppable[0])).toEqual(['rich', 'rich/1', 'rich/2'])
    expect(parted[0]).toEqual(whole[0])
    expect(new Set(parted.slice(1).map(({ method }) => method))).toEqual(new Set(['sendMessage']))
    const said = parted.map(({ shown }) => shown.text).join('\n')
    const links = JSON.stringify(parted.map(({ params }) => params))
    for (let index = 0; index < 700; index++) {
      expect(said).toMatch(new RegExp(`item ${index}(?!\\d)`))
      expect(links).toContain(`"https://a.example/${index}"`)
    }
  })

  test('is refused from a place on without formatting, too', () => {
    const many = Array.from({ length: 300 }, (_, index) => `- [item ${index}](https://a.example/${index})`).join('\n')
    const [first] = plan(many, { rich: true })
    const [kept, ...rest] = plan(many, { rich: true }, ['rich/1', 'formatting'])

    expect(kept).toEqual(first)
    expect(rest.map(({ params }) => params['entities'])).toEqual(rest.map(() => undefined))
    expect(rest.at(-1)?.shown.text).toMatch(/item 299 \(https:\/\/a\.example\/299\)$/)
  })

  test('leaves a text to itself whose page is to be shown', () => {
    expect(plan(release, { rich: 'auto', link_preview: 'large' })[0]?.method).toBe('sendMessage')
    expect(plan(release, { rich: true, link_preview: 'large' })[0]?.method).toBe('sendRichMessage')
  })

  test('stands whose it is, and what came of its question', () => {
    const [step] = planMessage(
      { format: 'markdown', text: release, options: { rich: true, outcome: 'Yes, said Ada' } },
      { dropped: [], isGroup: false, sender: 'Acme\nLtd', replyTo: undefined, callbackDataOf: () => '' },
    )

    expect(step?.shown.text).toBe('Acme Ltd\n\n3.2\n\nIt is out.\n\nYes, said Ada')
  })
})

test('gives the same calls each time', () => {
  const content: Parameters<typeof plan> = ['word '.repeat(3_000), { attachments: [photo], buttons }]

  expect(plan(...content)).toEqual(plan(...content))
})
