import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { eventually, findFreePort } from '@tellwire/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type RecordedRequest, startRecorder } from './recorder.js'
import { joinWorld, type Person, type World } from './world.js'

const root = fileURLToPath(new URL('../../', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'tellwire-guides-'))
// From here the packages of the checkout are found, as they are in a project that has installed them.
const scripts = join(root, 'node_modules', '.tellwire', 'guides')

interface Block {
  guide: string
  language: string
  heading: string
  code: string
}

const blocks = readdirSync(join(root, 'docs/guides')).flatMap((guide): Block[] => {
  const text = readFileSync(join(root, 'docs/guides', guide), 'utf8')
  return [...text.matchAll(/^```(\w+)\n([^]*?)^```/gm)].map(([, language = '', code = ''], index, all) => {
    const before = text.slice(0, all[index]?.index)
    return { guide, language, code, heading: /^#+ (.*)$/m.exec(before.slice(before.lastIndexOf('\n#') + 1))?.[1] ?? '' }
  })
})

const interpreters: Record<string, (file: string) => [command: string, ...args: string[]]> = {
  sh: (file) => ['bash', '-euo', 'pipefail', file],
  js: (file) => [process.execPath, file],
  python: (file) => ['python3', file],
  go: (file) => ['go', 'run', file],
  php: (file) => ['php', file],
  ruby: (file) => ['ruby', file],
}

beforeAll(() => {
  mkdirSync(scripts, { recursive: true })
})
afterAll(() => rmSync(folder, { recursive: true }))

/** What each program has asked for when it was recorded, and the hash of the program. */
interface Recording {
  code: string
  requests: RecordedRequest[]
}

const recordingsFile = join(root, 'tests/e2e/recorded-requests.json')
const recordings = JSON.parse(readFileSync(recordingsFile, 'utf8')) as Record<string, Recording>
const hashOf = (code: string): string => createHash('sha256').update(code).digest('hex')

/** The same requests with the names that the program of a language gives, and one key for all. */
function requestsOf(recording: Recording | undefined, heading: string): unknown {
  const language = heading.replace(/^From /, '')
  const text = JSON.stringify(recording?.requests ?? [])
    .replaceAll('u_curl', `u_${language.toLowerCase()}`)
    .replaceAll('from curl', `from ${language}`)
  return JSON.parse(text.replace(/hello-\d/, 'hello-…')) as unknown
}

/** By the heading of a program: the end of what it says. */
const lastWords: Record<string, string> = {
  Listening: 'You wrote: Good morning',
  Asking: 'Is it you?',
  'A dialogue': 'Ordered: m, green.',
  'A state, where that is enough': 'Message number 2',
}

/** Opens the link that a program has written. */
async function follow(world: World, output: () => string): Promise<Person> {
  const url = await eventually(
    () => /https:\/\/t\.me\/[^\s"]+/.exec(output())?.[0],
    (found) => found !== undefined,
  )
  const person = await world.newPerson('Reader')
  await person.open(url ?? '')
  await person.hears('You are connected')

  return person
}

test.for(
  blocks.filter(({ language }) => language !== 'text').map((block) => [block.guide, block.heading, block] as const),
)('%s, %s: does what it says', async ([guide, heading, { language, code }]) => {
  const interpreter = interpreters[language]
  expect(interpreter, `nothing runs ${language}`).toBeDefined()
  const file = join(scripts, `${guide}-${heading}.${language === 'js' ? 'mjs' : language}`.replaceAll(' ', '-'))
  writeFileSync(file, code)
  const [command, ...args] = interpreter?.(file) ?? ['false']
  const recorded = recordings[`${guide}: ${heading}`]
  if (spawnSync(command, [command === 'go' ? 'version' : '--version'], { stdio: 'ignore' }).status !== 0) {
    // What is not installed here was run where it is, and has not changed since.
    expect(recorded?.code, 'run it where its interpreter is, with RECORD=1').toBe(hashOf(code))
    const reference = recordings['first-notification.md: With curl']
    expect(requestsOf(recorded, heading)).toEqual(requestsOf(reference, heading))
    return
  }
  // A tenant of its own: nobody else's events are in its stream.
  const world = await joinWorld()
  // Somebody who has been in the chat of the bot since before.
  const old = await world.newPerson('Of old')
  await old.say('/start')
  await old.hears('Hello')
  // The client for Node has ways of its own.
  const recorder = language === 'js' ? undefined : await startRecorder(world.api)
  const child = spawn(command, args, {
    env: {
      PATH: process.env['PATH'],
      HOME: folder,
      API: recorder?.url ?? world.api,
      KEY: world.key,
      MY_URL: `http://localhost:${await findFreePort()}/`,
      CURSOR_FILE: join(folder, `${heading}.txt`),
      STATE_DIR: join(folder, heading),
      BOT_TOKEN: world.bot.token,
      TELEGRAM: world.sandbox,
      CHAT_ID: String(old.id),
    },
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))

  const person = await follow(world, () => output)
  if (heading === 'Listening') await person.say('Good morning')
  if (heading === 'Asking') await person.press('Yes')
  if (heading === 'A dialogue') {
    await person.say('/order')
    await person.hears('Which size?')
    await person.say('huge')
    await person.hears('S, M or L, please.')
    await person.say('m')
    await person.hears('Which colour?')
    await person.say('green')
  }
  if (heading === 'A state, where that is enough') for (const text of ['one', 'two']) await person.say(text)
  if (heading === 'A webhook') {
    await eventually(() => output.includes('u_webhook is connected'))
    child.kill()
    return
  }
  expect(await ended, output).toBe(0)
  const last = lastWords[heading] ?? 'Hello from'
  expect(await person.hears(last)).toMatchObject({ from_bot: true })
  if (!recorder) return
  recorder.stop()
  const { requests } = recorder
  recordings[`${guide}: ${heading}`] = { code: hashOf(code), requests }
  if (process.env['RECORD'] !== undefined)
    writeFileSync(recordingsFile, `${JSON.stringify(recordings, undefined, 2)}\n`)
  expect({ code: hashOf(code), requests }).toEqual(process.env['RECORD'] === undefined ? recorded : expect.anything())
})

test('every guide has a block that is run, or says how it is shown', () => {
  expect(blocks.filter(({ language }) => language !== 'text').length).toBeGreaterThan(5)
  for (const { language } of blocks) expect(['text', ...Object.keys(interpreters)]).toContain(language)
})
