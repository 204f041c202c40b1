import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, renameSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { eventually } from '@tellwire/testing'
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { joinWorld, type Json, type Person, type World } from './world.js'

const packages = fileURLToPath(new URL('../../packages', import.meta.url))
const program = join(packages, 'cli/bin/tellwire.js')
const folder = mkdtempSync(join(tmpdir(), 'tellwire-cli-'))

const children: ChildProcess[] = []
let world: World
let person: Person
beforeAll(async () => {
  world = await joinWorld()
  person = await world.connect('u_42')
})
afterAll(async () => {
  // Where a test has failed, what it started still runs.
  for (const child of children) child.kill('SIGKILL')
  await world.stop()
  rmSync(folder, { recursive: true })
})

interface Running {
  output(): string
  ended: Promise<{ code: number; stdout: string; stderr: string }>
  input(text: string): void
  interrupt(): void
}

function start(args: string[], env: Record<string, string> = {}): Running {
  const child = spawn(process.execPath, [program, ...args], {
    env: {
      PATH: process.env['PATH'],
      XDG_CONFIG_HOME: folder,
      TELLWIRE_API_URL: world.api,
      TELLWIRE_API_KEY: world.key,
      TELLWIRE_ADMIN_KEY: world.adminKey,
      TELLWIRE_SANDBOX_URL: world.sandbox,
      ...env,
    },
  })
  children.push(child)
  const text = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const)
    child[name].on('data', (chunk: Buffer) => (text[name] += chunk.toString()))
  const ended = new Promise<number>((resolve) => child.once('close', (code) => resolve(code ?? -1)))
  return {
    output: () => text.stdout,
    ended: ended.then((code) => ({ code, ...text })),
    input: (given) => child.stdin.end(given),
    interrupt: () => child.kill('SIGINT'),
  }
}

const run = (...args: string[]) => start(args).ended
const json = async (...args: string[]): Promise<Json> => {
  const { stdout, stderr, code } = await run(...args, '--json')
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return JSON.parse(stdout) as Json
}
const lines = async (...args: string[]): Promise<Json[]> => {
  const { stdout } = await run(...args, '--json')
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Json)
}

test('login keeps an address and a key where nobody else can read them', async () => {
  const withoutKeys = { TELLWIRE_API_URL: '', TELLWIRE_API_KEY: '', TELLWIRE_ADMIN_KEY: '' }
  const unset = (names: Record<string, string>) =>
    Object.fromEntries(Object.keys(names).map((name) => [name, undefined]))
  const bare = unset(withoutKeys) as unknown as Record<string, string>
  const login = start(['login', '--profile', 'here', '--url', world.api, '--key-stdin'], bare)
  login.input(`${world.key}\n`)
  expect(await login.ended).toMatchObject({ code: 0, stdout: expect.stringContaining('as Acme & Söhne') })
  const file = join(folder, 'tellwire', 'profiles.json')
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ current: 'here' })

  expect(await start(['users', 'get', 'u_42'], bare).ended).toMatchObject({ code: 0 })
  expect(await start(['users', '--profile', 'there'], bare).ended).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('There is no profile "there"'),
  })
  expect(await start(['users'], { ...bare, TELLWIRE_API_URL: '127.0.0.1:3000' }).ended).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('it begins with http:// or https://'),
  })
  const wrong = start(['login', '--url', world.api, '--key-stdin'], bare)
  wrong.input(`${world.key.slice(0, -1)}${world.key.endsWith('x') ? 'y' : 'x'}`)
  expect((await wrong.ended).code).toBe(3)
  expect((await lines('profiles'))[0]).toMatchObject({ name: 'here', is_current: true, has_admin_key: false })
  expect(await start(['logout', '--profile', 'here'], bare).ended).toMatchObject({ code: 0 })
  expect(await start(['users'], bare).ended).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('tellwire login'),
  })
})

test('send says what became of it, and ends with it', async () => {
  const sent = await run('send', '**Deployed** v1.4', '--to', 'u_42', '--wait')
  expect(sent).toMatchObject({ code: 0, stdout: expect.stringMatching(/^✓ ntf_\w+: 1 sent\n$/) })
  await person.hears('Deployed v1.4')
  const piped = start(['send', '-', '--to', 'u_42', '--format', 'plain', '--silent'])
  piped.input('from *a* pipe\n')
  expect(await piped.ended).toMatchObject({ code: 0 })
  await person.hears('from *a* pipe')

  expect(await run('send', 'hi', '--to', 'u_42', '--format', 'latex')).toMatchObject({ code: 5 })
  expect(await run('send', 'hi')).toMatchObject({ code: 2, stderr: expect.stringContaining('To whom?') })
  const gone = await world.connect('gone')
  await world.control('POST', `/people/${gone.id}/block`, { bot: world.bot.username })
  await eventually(
    () => world.events('user.blocked'),
    ({ length }) => length > 0,
  )
  const failed = await run('send', 'hi', '--to', 'gone', '--wait')
  expect(failed.code).toBe(5)
  expect(failed.stderr).toMatch(/\(request [\w-]+\)\n$/)
  const problem = JSON.parse((await run('send', 'hi', '--to', 'gone', '--json')).stderr) as Json
  expect(problem).toMatchObject({ status: 422, code: expect.any(String) })
  await world.fault(person.id, {
    kind: 'status',
    status: 400,
    description: 'Bad Request: message text is empty',
  })
  expect(await run('send', 'refused', '--to', 'u_42', '--wait')).toMatchObject({
    code: 9,
    stdout: expect.stringMatching(/^✗ ntf_\w+: 1 failed\n {2}u_42: failed, /),
  })
})

test('link shows a link and a code to scan, and says who came', async () => {
  const link = start(['link', 'scanned', '--label', 'Ada’s account'])
  const url = await eventually(
    () => /https:\/\/t\.me\/\S+/.exec(link.output())?.[0],
    (found) => found !== undefined,
  )
  expect(link.output()).toMatch(/[▀▄█]/)
  const ada = await world.newPerson('Ada')
  await ada.open(url ?? '')

  expect(await link.ended).toMatchObject({ code: 0, stdout: expect.stringContaining('✓ Ada is connected to scanned.') })
  expect(await json('link', 'later', '--no-wait')).toMatchObject({ status: 'pending', user_id: 'later' })
  expect((await run('link', 'later', '--expires', 'soon')).code).toBe(2)
})

test('ask writes the answer alone, and ends by it', async () => {
  const asking = start(['ask', 'u_42', 'Deploy?', '--option', 'yes=Deploy', 'Wait'])
  await person.hears('Deploy?')
  await person.press('Deploy')
  expect(await asking.ended).toMatchObject({ code: 0, stdout: 'yes\n' })

  const unasked = await run('ask', 'nobody-here', 'Are you there?')
  expect(unasked.code).toBe(5)
})

test('broadcast shows what it would send and to how many, and follows it to the end', async () => {
  expect(await run('topics', 'subscribe', 'news', 'u_42')).toMatchObject({ code: 0 })
  expect(await json('broadcast', '# Hello', '--topic', 'news', '--dry-run')).toMatchObject({
    text: 'Hello',
    audience: '1 subscribers',
  })
  expect(await run('broadcast', 'Hello', '--topic', 'news')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('--yes'),
  })
  expect(await run('broadcast', 'Hello', '--topic', 'olds', '--yes')).toMatchObject({ code: 4 })
  expect((await world.arrivalsOf('Hello')).length).toBe(0)

  const sent = await run('broadcast', 'Hello', '--topic', 'news', '--yes')
  expect(sent).toMatchObject({ code: 0, stdout: expect.stringContaining('1 sent') })
  await person.hears('Hello')
  const [, id] = /(ntf_\w+): 1 sent/.exec(sent.stdout) ?? []
  expect(await run('broadcast', 'watch', id ?? '')).toMatchObject({ code: 0 })
})

test('tail shows what happens, and listen forwards it, signed', async () => {
  const heard: { body: string; headers: Record<string, string> }[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString()))
    request.on('end', () => {
      heard.push({ body, headers: request.headers as Record<string, string> })
      response.end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const tail = start(['tail', '--type', 'message.received', '--json'])
  const listen = start(['listen', '--forward-to', `127.0.0.1:${port}/hook`, '--type', 'message.received'])
  const secret = await eventually(
    () => /whsec_\S+/.exec(listen.output())?.[0],
    (found) => found !== undefined,
  )
  // It is heard from now on: when that is, nobody says.
  await eventually(async () => {
    await person.say('are you there?')
    return tail.output() !== '' && heard.length > 0
  })

  expect(JSON.parse(tail.output().split('\n')[0] ?? '')).toMatchObject({ type: 'message.received' })
  const [{ body, headers } = { body: '', headers: {} }] = heard
  expect(new Webhook(secret ?? '').verify(body, headers)).toMatchObject({
    timestamp: expect.any(String),
    data: { text: 'are you there?' },
  })
  await eventually(() => listen.output().includes('200 message.received'))
  for (const running of [tail, listen]) running.interrupt()
  expect((await tail.ended).code).toBe(130)
  expect((await listen.ended).code).toBe(130)
  server.close()
})

test('trigger lets things happen, and replay mends them', async () => {
  const victim = await world.connect('victim')
  expect(await run('trigger', 'refused', '--user', 'victim')).toMatchObject({ code: 0 })
  expect((await run('send', 'lost', '--to', 'victim', '--wait')).code).toBe(9)
  expect(await run('replay', '--user', 'victim', '--dry-run')).toMatchObject({
    stdout: expect.stringMatching(/^[01] of 1 failed/),
  })
  expect(await run('replay')).toMatchObject({ code: 2 })
  expect(await run('trigger', 'earthquake', '--user', 'victim')).toMatchObject({ code: 2 })
  await run('trigger', 'blocked', '--user', 'victim')
  await eventually(
    () => world.events('user.blocked'),
    (events) => events.some(({ user_id: user }) => user === 'victim'),
  )
  await run('trigger', 'unblocked', '--user', 'victim')
  expect(victim.id).toBeGreaterThan(0)
})

test('an operator sees and changes tenants, keys and lanes, and the audit', async () => {
  const tenant = await json('admin', 'tenants', 'create', 'By hand')
  const issued = await json(
    'admin',
    'keys',
    'issue',
    tenant['id'],
    '--name',
    'k',
    '--scope',
    'users:read',
    'keys:write',
  )
  expect((await lines('admin', 'tenants', '--search', 'BY HAND'))[0]).toMatchObject({
    id: tenant['id'],
    status: 'active',
  })
  const rotated = await start(['keys', 'rotate', issued['id'], '--overlap', '0', '--json'], {
    TELLWIRE_API_KEY: issued['key'],
  }).ended
  expect(rotated.code).toBe(0)
  expect(await run('admin', 'keys', 'revoke', tenant['id'], (JSON.parse(rotated.stdout) as Json)['id'])).toMatchObject({
    code: 0,
  })
  for (const [command, status] of [
    ['suspend', 'suspended'],
    ['resume', 'active'],
    ['delete', 'deleted'],
  ] as const) {
    expect(await json('admin', 'tenants', command, tenant['id'])).toMatchObject({ status })
  }
  expect((await run('admin', 'lanes')).code).toBe(0)
  expect((await run('admin', 'bots')).code).toBe(0)
  expect((await run('admin', 'usage', '--csv')).stdout).toMatch(/^tenant_id,period,kind,count\r\n/)
  expect((await json('audit', 'verify', '--all'))['is_intact']).toBe(true)
  expect((await run('audit', 'export')).stdout.split('\n').length).toBeGreaterThan(2)
  const doctor = await run('doctor')
  expect([0, 9]).toContain(doctor.code)
  expect(doctor.stdout).toContain('migrations')
  expect((await start(['admin', 'tenants'], { TELLWIRE_ADMIN_KEY: world.key }).ended).code).toBe(3)
})

test('whoever is not there is told so, and nothing is painted where nobody looks', async () => {
  expect((await start(['users'], { TELLWIRE_API_URL: 'http://127.0.0.1:9' }).ended).code).toBe(7)
  expect((await run('users', 'get', 'nobody')).code).toBe(4)
  expect((await run('no-such-command')).code).toBe(2)
  expect((await run('--help')).code).toBe(0)
  expect((await run('users')).stdout).not.toContain('\u001B')
  const made = await start(['service', 'make-key', 'admin']).ended
  expect(made.code).toBe(0)
})

test('bash completes commands and options', async () => {
  const script = `
    tellwire() { ${JSON.stringify(process.execPath)} ${JSON.stringify(program)} "$@"; }
    source <(tellwire completion bash)
    COMP_WORDS=(tellwire admin te); COMP_CWORD=2; _tellwire; echo "\${COMPREPLY[@]}"
    COMP_WORDS=(tellwire send --pri); COMP_CWORD=2; _tellwire; echo "\${COMPREPLY[@]}"`
  const { stdout } = await promisify(execFile)('bash', ['-c', script])

  expect(stdout).toBe('tenants\n--priority\n')
})

test('packed, it runs in an empty project', async () => {
  const project = mkdtempSync(join(tmpdir(), 'tellwire-cli-project-'))
  const scope = join(project, 'node_modules', '@tellwire')
  mkdirSync(scope, { recursive: true })
  for (const name of ['sdk', 'cli']) {
    const pack = ['--yes', 'pnpm@12.21.0', 'pack', '--pack-destination', project]
    await promisify(execFile)('npx', pack, { cwd: join(packages, name) })
    await promisify(execFile)('tar', ['xzf', join(project, `tellwire-${name}-0.1.0.tgz`), '-C', project])
    renameSync(join(project, 'package'), join(scope, name))
  }
  const { dependencies } = JSON.parse(readFileSync(join(scope, 'cli/package.json'), 'utf8')) as {
    dependencies: Record<string, string>
  }
  // Those of the registry, as they are installed here.
  for (const name of Object.keys(dependencies).filter((each) => !each.startsWith('@tellwire/'))) {
    mkdirSync(dirname(join(project, 'node_modules', name)), { recursive: true })
    symlinkSync(realpathSync(join(packages, 'cli/node_modules', name)), join(project, 'node_modules', name))
  }

  const env = { PATH: process.env['PATH'], TELLWIRE_API_URL: world.api, TELLWIRE_API_KEY: world.key }
  const call = async (...args: string[]) =>
    (await promisify(execFile)(process.execPath, [join(scope, 'cli/bin/tellwire.js'), ...args], { cwd: project, env }))
      .stdout

  expect(await call('--version')).toBe('0.1.0\n')

  expect(dependencies['@tellwire/sdk']).toBe('0.1.0')
  expect(JSON.parse(await call('users', 'get', 'u_42', '--json'))).toMatchObject({ user_id: 'u_42' })
  rmSync(project, { recursive: true })
})
