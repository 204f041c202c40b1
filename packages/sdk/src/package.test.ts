import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import { expect, test } from 'vitest'

const run = promisify(execFile)
const folder = fileURLToPath(new URL('..', import.meta.url))

/** For a runtime that has what browsers have, and nothing of Node's. */
async function bundle(source: string): Promise<string> {
  const { outputFiles, metafile } = await build({
    stdin: { contents: source, resolveDir: folder, loader: 'ts' },
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'neutral',
    target: 'es2022',
  })
  for (const input of Object.keys(metafile.inputs)) expect(input).not.toContain('node_modules')
  return outputFiles[0]?.text ?? ''
}

test('it depends on nothing', () => {
  const { dependencies, peerDependencies } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Record<
    string,
    object
  >

  expect({ dependencies, peerDependencies }).toEqual({})
})

test('all of it is 15 KB at most, and less where less is used', async () => {
  const all = await bundle("export * from './src/index.ts'; export * from './src/admin.ts'")
  const conversations = await bundle("export * from './src/conversations.ts'")
  const verify = await bundle("export { verifyWebhook } from './src/index.ts'")

  expect(all.length).toBeLessThan(15 * 1_024)
  expect(all).toContain('/notifications/batch')
  expect(conversations.length).toBeLessThan(5 * 1_024)
  expect(verify.length).toBeLessThan(2 * 1_024)
})

test('packed, it is used from an empty project, with its types', async () => {
  const project = mkdtempSync(join(tmpdir(), 'tellwire-sdk-'))
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', project], { cwd: folder })
  const [packed] = JSON.parse(stdout) as { filename: string; files: { path: string }[] }[]
  expect(packed?.files.map(({ path }) => path)).toEqual(
    expect.arrayContaining(['README.md', 'dist/index.d.ts', 'dist/admin.js', 'dist/generated/api.d.ts']),
  )
  expect(packed?.files.filter(({ path }) => /test|tsbuildinfo/.test(path))).toEqual([])
  writeFileSync(join(project, 'package.json'), '{"type": "module", "private": true}')
  await run('npm', ['install', '--offline', '--no-audit', '--no-fund', join(project, packed?.filename ?? '')], {
    cwd: project,
  })
  writeFileSync(
    join(project, 'use.ts'),
    `import { Tellwire, NotFoundError, type EventOf } from '@tellwire/sdk'
     import { TellwireAdmin } from '@tellwire/sdk/admin'
     const tellwire = new Tellwire({ apiKey: 'x', fetch: async () => Response.json({ id: 'ntf_1', data: [], next_cursor: null }) })
     const { id } = await tellwire.notifications.send({ to: { user_id: 'u' }, text: 'Hi' })
     const shown: string = id
     for await (const { topic } of tellwire.topics.list()) topic satisfies string
     const data: EventOf<'button.pressed'>['data']['action'] = 'rate'
     const wrong = { to: { user_id: 'u' }, text: 1 }
     // @ts-expect-error a text is text
     void (() => tellwire.notifications.send(wrong))
     // @ts-expect-error there is no such type
     type None = EventOf<'nothing.happened'>
     console.log(shown, data, typeof TellwireAdmin, NotFoundError.name)
    `,
  )
  const options = {
    compilerOptions: {
      target: 'es2022',
      module: 'nodenext',
      strict: true,
      skipLibCheck: false,
      types: [],
      lib: ['es2022', 'dom', 'dom.iterable'],
    },
    files: ['use.ts'],
  }
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify(options))
  const tsc = fileURLToPath(new URL('../../../node_modules/typescript/bin/tsc', import.meta.url))
  await run(process.execPath, [tsc], { cwd: project }).catch(({ stdout: said }: { stdout: string }) =>
    expect(said).toBe(''),
  )

  expect((await run(process.execPath, ['use.js'], { cwd: project })).stdout).toBe('ntf_1 rate function NotFoundError\n')
  rmSync(project, { recursive: true })
})
