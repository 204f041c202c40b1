import { afterAll, expect, test } from 'vitest'
import { TemplateError } from '../templates/render-template.js'
import { BudgetExceeded, createBoundedWork } from './bounded-work.js'

const work = createBoundedWork()
afterAll(() => work.close())

const reader = { userId: 'u', attributes: {}, locales: [] }
const template = (text: string) => ({
  content: { format: 'plain' as const, default_locale: 'en', texts: { en: text }, strict: true },
  variables: {},
  reader,
})

/** The parser of Mustache looks for the end of this tag from each of its spaces. */
const endless = `{{a${' '.repeat(300_000)}`

test('does a task, and throws what it throws', async () => {
  await expect(work.run('t', 'renderText', { text: '**a**', format: 'markdown', reading: {} })).resolves.toMatchObject({
    text: 'a',
  })
  const failed: unknown = await work.run('t', 'renderTemplate', template('{{b}}')).catch((error: unknown) => error)
  expect(failed).toBeInstanceOf(TemplateError)
  expect(failed).toMatchObject({ missing: ['b'] })
})

test('ends what takes too long, while others go on', async () => {
  const attacks = Array.from({ length: 3 }, () => work.run('attacker', 'assertTemplate', endless))
  const others = Array.from({ length: 20 }, () => work.run('other', 'renderTemplate', template('x')))

  const [attacked, rendered] = await Promise.all([Promise.allSettled(attacks), Promise.all(others)])

  expect(rendered.every(({ text }) => text === 'x')).toBe(true)
  expect(attacked.map((each) => (each.status === 'rejected' ? each.reason : undefined))).toEqual(
    Array.from({ length: 3 }, () => expect.any(BudgetExceeded)),
  )
})

test('a process that stands still costs a task nothing', async () => {
  const nobodyWakes = new Int32Array(new SharedArrayBuffer(4))
  let isOver = false
  const standStill = (): void => {
    Atomics.wait(nobodyWakes, 0, 0, 1_200)
    if (!isOver) setImmediate(standStill)
  }
  setImmediate(standStill)

  const rendering = work.run('t', 'renderText', { text: '**a**', format: 'markdown', reading: {} })
  await expect(rendering.finally(() => (isOver = true))).resolves.toMatchObject({ text: 'a' })
})
