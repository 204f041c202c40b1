import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'

const importOf = (name: string) =>
  `await import(${JSON.stringify(new URL(`../../packages/${name}/dist/index.js`, import.meta.url).href)})`

/** Runs a program whose output nobody reads any more once it says that it is ready. @returns how it ended. */
async function runUnread(program: string): Promise<{ code: number | null; signal: string | null }> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['pipe', 'pipe', 'pipe'] })
  await once(child.stdout, 'data')
  child.stdout.destroy()
  child.stderr.destroy()
  child.stdin.end()
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null]
  return { code, signal }
}

test.each([
  ['asked to', 'process.exit(3)', 3],
  ['failing', "throw new Error('on purpose')", 1],
])('a process whose log nobody reads any more ends when it ends by %s', async (_how, end, code) => {
  const program = `
    const { createLogger } = ${importOf('observability')}
    const log = createLogger('unread', 'info')
    process.stdout.write('ready')
    process.stdin.resume().on('end', () => { log.info({}, 'on the way out'); ${end} })`

  expect(await runUnread(program)).toEqual({ code, signal: null })
})

test('a process goes on when nobody reads its log any more', async () => {
  const program = `
    const { createLogger } = ${importOf('observability')}
    const log = createLogger('unread', 'info')
    process.stdout.write('ready')
    process.stdin.resume().on('end', () => {
      let count = 0
      setInterval(() => { log.info({}, 'again'); if (++count === 10) process.exit(4) }, 50)
    })`

  expect(await runUnread(program)).toEqual({ code: 4, signal: null })
})

test('a process that hangs is ended, also when nobody reads what it says', async () => {
  const program = `
    const { endWhenHanging } = ${importOf('lifecycle')}
    endWhenHanging(1_000)
    process.stdout.write('ready')
    process.stdin.resume().on('end', () => { for (;;); })`

  expect(await runUnread(program)).toEqual({ code: null, signal: 'SIGKILL' })
})
