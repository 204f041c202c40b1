import { expect, test } from 'vitest'
import { createLogger } from './logger.js'

function capture() {
  const lines: string[] = []
  const logger = createLogger('test', 'info', { write: (line: string) => lines.push(line) })
  return { logger, output: () => lines.join('') }
}

test('removes secret fields at any of the usual depths', () => {
  const { logger, output } = capture()

  logger.info({ token: 's1', req: { authorization: 's2' }, bot: { auth: { secret: 's3' } }, text: 's4' }, 'hello')

  expect(output()).not.toMatch(/s[1234]/)
  expect(output()).toContain('"msg":"hello"')
})

test('removes secrets by their shape from messages and stacks', () => {
  const { logger, output } = capture()
  const botToken = `123456789:${'A'.repeat(35)}`
  const key = `tw_live_${'b'.repeat(38)}`
  const connectToken = 'c'.repeat(32)

  logger.error({ err: new Error(`connect failed: /bot${botToken}/sendMessage with ${key}`) }, `GET /c/${connectToken}`)

  expect(output()).not.toContain(botToken)
  expect(output()).not.toContain(key)
  expect(output()).not.toContain(connectToken)
})
