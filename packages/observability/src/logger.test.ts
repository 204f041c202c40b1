import { execFile } from 'node:child_process'
import { expect, test } from 'vitest'
import { createLogger } from './logger.js'

function capture() {
  const lines: string[] = []
  const logger = createLogger('test', 'info', { write: (line: string) => lines.push(line) })
  return { logger, output: () => lines.join('') }
}

test('removes secret fields at any of the usual depths', () => {
  const { logger, output } = capture()

  const fields = {
    token: 's1',
    req: { authorization: 's2' },
    bot: { auth: { secret: { deep: 's3' } } },
    text: 's4',
    messages: [{ text: 's5' }, { id: 7 }],
    err: Object.assign(new Error('failed'), { code: 'E_X', request: { cookie: ['s6'] } }),
  }

  logger.info(fields, 'hello')

  expect(output()).not.toMatch(/s[1-6]/)
  expect(JSON.parse(output())).toMatchObject({
    msg: 'hello',
    messages: [{ text: '[redacted]' }, { id: 7 }],
    err: { type: 'Error', message: 'failed', code: 'E_X', request: { cookie: '[redacted]' } },
  })
  expect(fields.token).toBe('s1')
})

test('knows secret fields whatever their capitals, and however deep they are', () => {
  const { logger, output } = capture()
  const deep = Array.from({ length: 12 }).reduce<object>((inner) => ({ inner }), { API_KEY: 's1' })
  const round: Record<string, unknown> = { Password: 's2' }
  round['self'] = [round]

  logger.info({ deep, round, 'Set-Cookie': 's3', headers: { AUTHORIZATION: 's4', 'Api-Key': 's5' } }, 'hello')

  expect(output()).not.toMatch(/s[1-5]/)
  expect(output()).toContain('hello')
})

test("carries Prisma's errors without their arguments", () => {
  const { logger, output } = capture()
  class PrismaClientValidationError extends Error {
    override name = 'PrismaClientValidationError'
  }
  const message =
    '\nInvalid `db.user.create()` invocation:\n{ data: { userId: "private" } }\n\nArgument `x` is missing.'

  logger.error({ err: new PrismaClientValidationError(message) }, 'request failed')

  expect(output()).not.toContain('private')
  expect(JSON.parse(output())).toMatchObject({ err: { message: 'Argument `x` is missing.' } })
})

test('leaves everything else as it is', () => {
  const { logger, output } = capture()
  const at = new Date(0)

  logger.info({ at, list: [1, 'a'], none: null, err: 'not an error', deep: { a: { b: { c: { d: 1 } } } } })

  expect(JSON.parse(output())).toMatchObject({
    at: at.toISOString(),
    list: [1, 'a'],
    none: null,
    err: 'not an error',
    deep: { a: { b: { c: { d: 1 } } } },
  })
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

test('what waits to be written is written when the process fails', async () => {
  const logger = new URL('../dist/logger.js', import.meta.url).href
  const program = `
    import { createLogger } from '${logger}'
    createLogger('test', 'info').info('the last line')
    setImmediate(() => { throw new Error('unexpected') })`

  const { stdout } = await runProgram(program)

  expect(stdout).toContain('the last line')
})

function runProgram(program: string): Promise<{ stdout: string }> {
  return new Promise((resolve) =>
    execFile(process.execPath, ['--input-type=module', '--eval', program], (_error, stdout) => resolve({ stdout })),
  )
}
