import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { eventually, findFreePort, isLongRun } from '@tellwire/testing'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'

const root = fileURLToPath(new URL('../../', import.meta.url))

interface Facts {
  api: string
  docs: string
  sandbox: string
  tenant_id: string
  api_key: string
  admin_key: string
  bot: { id: string; username: string }
}

interface Run {
  child: ChildProcess
  stdout(): string
  stderr(): string
  ended: Promise<number | null>
  /** The line of JSON. */
  facts(): Promise<Facts>
}

let home: string
let env: Record<string, string>
beforeAll(async () => {
  // 0700, as folders made by mktemp are: Postgres has to get into it all the same.
  home = mkdtempSync(join(tmpdir(), 'tellwire-start-'))
  env = {
    TELLWIRE_DATA_DIR: join(home, 'data'),
    PORT: String(await findFreePort()),
    SANDBOX_PORT: String(await findFreePort()),
  }
})
/** Those that a test has begun and not ended. */
const running = new Set<Run>()
afterEach(async () => {
  // Where a test fails, the next one finds the ports free.
  const left = [...running]
  for (const run of left) signalGroup(run, 'SIGKILL')
  await Promise.all(left.map(({ ended }) => ended))
})
afterAll(() => rmSync(home, { recursive: true, force: true }))

/** `npm start --silent -- --json` in a process group of its own. */
function start(extra: Record<string, string> = {}): Run {
  const child = spawn('npm', ['start', '--silent', '--', '--json'], {
    cwd: root,
    detached: true,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env, ...extra },
  })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  const ended = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)))
  const run: Run = {
    child,
    stdout: () => stdout,
    stderr: () => stderr,
    ended,
    async facts() {
      await eventually(() => stdout.includes('\n') || child.exitCode !== null)
      if (!stdout) throw new Error(`npm start has ended: ${stderr}`)
      return JSON.parse(stdout) as Facts
    },
  }
  running.add(run)
  void ended.then(() => running.delete(run))
  return run
}

const signalGroup = (run: Run, signal: NodeJS.Signals): void => void process.kill(-(run.child.pid ?? 0), signal)

/** Processes that still belong to the data folder. */
function leftovers(): string[] {
  const processes = execFileSync('ps', ['-eo', 'pid,args'], { encoding: 'utf8' }).split('\n')
  return processes.filter((line) => (line.includes(home) || line.includes('/bundle/main.js')) && isOurs(line))
}

function isOurs(line: string): boolean {
  const pid = line.trim().split(/\s+/)[0] ?? ''
  if (line.includes(home)) return true
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').includes(home)
  } catch {
    return false
  }
}

async function call<T>(base: string, method: string, path: string, key?: string, body?: unknown): Promise<T> {
  const response = await fetch(base + path, {
    method,
    headers: {
      ...(key ? { authorization: `Bearer ${key}` } : {}),
      ...(body ? { 'content-type': 'application/json' } : {}),
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  })
  return (await response.json()) as T
}

interface Message {
  text: string
  from_bot: boolean
}

async function connectPeople(facts: Facts, count: number): Promise<number[]> {
  const ids: number[] = []
  for (let index = 0; index < count; index++) {
    const link = await call<{ url: string }>(facts.api, 'POST', '/v1/connect-links', facts.api_key, {
      user_id: `u_${index}`,
    })
    const { id } = await call<{ id: number }>(facts.sandbox, 'POST', '/sandbox/v1/people', undefined, {
      first_name: `P${index}`,
    })
    await call(facts.sandbox, 'POST', `/sandbox/v1/people/${id}/open`, undefined, { link: link.url })
    ids.push(id)
  }
  await eventually(
    async () => (await textsOf(facts, ids)).length,
    (count) => count === ids.length,
  )
  return ids
}

async function textsOf(facts: Facts, ids: number[]): Promise<string[]> {
  const chats = await Promise.all(
    ids.map((id) =>
      call<{ data: Message[] }>(facts.sandbox, 'GET', `/sandbox/v1/people/${id}/messages?bot=${facts.bot.username}`),
    ),
  )
  return chats.flatMap(({ data }) => data.filter((message) => message.from_bot).map((message) => message.text))
}

test('the first start tells the story, later ones keep the data, and nothing is repeated or left behind', async () => {
  const first = start()
  const facts = await first.facts()
  expect(first.stderr()).toMatch(
    /1\. link issued.*2\. Start pressed.*3\. connected.*4\. Markdown notification accepted.*5\. in the chat: "Your order has shipped/s,
  )
  expect(first.stdout().trimEnd().split('\n')).toHaveLength(1)
  expect(facts).toMatchObject({
    api: `http://127.0.0.1:${env['PORT']}`,
    docs: `http://127.0.0.1:${env['PORT']}/docs`,
    sandbox: `http://127.0.0.1:${env['SANDBOX_PORT']}`,
  })
  const people = await connectPeople(facts, 200)

  await Promise.all(
    people.map((_id, index) =>
      call(facts.api, 'POST', '/v1/notifications', facts.api_key, {
        to: { user_id: `u_${index}` },
        text: `once ${index}`,
      }),
    ),
  )
  await eventually(
    async () => (await textsOf(facts, people)).filter((text) => text.startsWith('once')).length,
    (count) => count >= 60,
  )
  signalGroup(first, 'SIGINT')
  expect(await first.ended).toBe(0)
  expect(leftovers()).toEqual([])

  const second = start()
  const again = await second.facts()
  expect(second.stderr()).not.toContain('link issued')
  expect(again).toEqual(facts)
  const arrived = async () => (await textsOf(again, people)).filter((text) => text.startsWith('once'))
  await eventually(arrived, (texts) => texts.length >= 200)
  expect(new Set(await arrived()).size).toBe(200)
  expect(await arrived()).toHaveLength(200)

  // A second copy on the same folder, and on the same ports.
  const sameFolder = start()
  expect(await sameFolder.ended).toBe(1)
  expect(sameFolder.stderr()).toMatch(/is running on this data folder already \(process \d+\): stop it first/)
  const samePort = start({ TELLWIRE_DATA_DIR: join(home, 'other') })
  expect(await samePort.ended).toBe(1)
  expect(samePort.stderr()).toContain(`Port ${env['PORT']} is in use: stop what uses it, or set PORT to another port.`)

  // kill -9 of the parent alone: its children end by themselves, and the next start cleans up.
  const { pid } = JSON.parse(readFileSync(join(home, 'data', 'running.json'), 'utf8')) as { pid: number }
  process.kill(pid, 'SIGKILL')
  await second.ended
  const third = start()
  expect((await third.facts()).tenant_id).toBe(facts.tenant_id)
  third.child.kill('SIGINT')
  expect(await third.ended).toBe(0)
  await eventually(leftovers, (processes) => processes.length === 0)
})

test('Ctrl-C at any moment of a start leaves no process, and the next start goes on from there', async () => {
  const folder = { TELLWIRE_DATA_DIR: join(home, 'cut') }
  for (const delayMs of isLongRun ? [300, 1_500, 3_000, 4_500, 6_000] : [1_500, 4_500]) {
    const run = start(folder)
    await new Promise((resolve) => setTimeout(resolve, delayMs))
    signalGroup(run, 'SIGINT')
    await run.ended
    await eventually(leftovers, (processes) => processes.length === 0)
    // A start that was cut off says nothing; one that did not come through what the one before left tells why.
    expect(run.stderr()).not.toMatch(/broken|does not start|is running/)
  }

  const whole = start(folder)
  await whole.facts()
  whole.child.kill('SIGINT')
  expect(await whole.ended).toBe(0)
})

test('an unwritable folder and broken ones are told in one sentence', async () => {
  const file = join(home, 'a-file')
  writeFileSync(file, '')
  const unwritable = start({ TELLWIRE_DATA_DIR: file })
  expect(await unwritable.ended).toBe(1)
  expect(unwritable.stderr()).toMatch(
    /The data folder .* cannot be written \(\w+\): make it writable, or set TELLWIRE_DATA_DIR to another folder\./,
  )

  writeFileSync(join(home, 'data', 'postgres', 'PG_VERSION'), '9\n')
  const otherVersion = start()
  expect(await otherVersion.ended).toBe(1)
  expect(otherVersion.stderr()).toMatch(
    /The database in .* does not start: .*If its data can go, delete that folder and start again/,
  )

  rmSync(join(home, 'data', 'postgres', 'PG_VERSION'))
  const damaged = start()
  expect(await damaged.ended).toBe(1)
  expect(damaged.stderr()).toMatch(/is not a usable database folder: PG_VERSION is missing/)

  rmSync(join(home, 'data', 'secrets.json'))
  writeFileSync(join(home, 'data', 'postgres', 'PG_VERSION'), '18\n')
  const withoutSecrets = start()
  expect(await withoutSecrets.ended).toBe(1)
  expect(withoutSecrets.stderr()).toMatch(/is broken: secrets\.json is missing/)
  chmodSync(home, 0o700)
})

test('impossible settings are told in one sentence', async () => {
  const badPort = start({ PORT: 'eighty' })
  expect(await badPort.ended).toBe(1)
  expect(badPort.stderr()).toContain('PORT must be integer')

  const rootAlone = start({ TELEGRAM_API_ROOT: 'http://127.0.0.1:9' })
  expect(await rootAlone.ended).toBe(1)
  expect(rootAlone.stderr()).toContain('TELEGRAM_API_ROOT is set without TELEGRAM_BOT_TOKEN')
})

test('with a bot token it uses that bot, at the Bot API server that is named', async () => {
  const sandboxHost = start({ TELLWIRE_DATA_DIR: join(home, 'host') })
  const host = await sandboxHost.facts()
  const { token, username } = await call<{ token: string; username: string }>(
    host.sandbox,
    'POST',
    '/sandbox/v1/bots',
    undefined,
    {},
  )
  const own = start({
    TELLWIRE_DATA_DIR: join(home, 'own'),
    PORT: String(await findFreePort()),
    TELEGRAM_BOT_TOKEN: token,
    TELEGRAM_API_ROOT: host.sandbox,
  })

  const facts = await own.facts()

  expect(facts).toMatchObject({ sandbox: null, bot: { username } })
  for (const run of [own, sandboxHost]) {
    run.child.kill('SIGINT')
    expect(await run.ended).toBe(0)
  }
})
