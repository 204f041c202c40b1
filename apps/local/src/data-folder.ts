import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { StartError } from './start-error.js'

const predecessorEndsInMs = 25_000

export interface Secrets {
  postgres: string
  app: string
  engine: string
  secretKey: string
}

/** Things that earlier starts made, so that later ones find them again. */
export interface Instance {
  tenantId?: string
  apiKey?: string
  adminKey?: string
  personId?: number
  isStoryTold?: boolean
}

interface RunningProcess {
  pid: number
  /** Tells it from a later process with the same number; empty where the system does not say. */
  startedAt: string
}

interface Lock extends RunningProcess {
  children: RunningProcess[]
}

/** The folder that holds everything a start keeps. One process uses it at a time. */
export interface DataFolder {
  path(name: string): string
  secrets: Secrets
  instance: Instance
  saveInstance(change: Instance): Promise<void>
  /** Leaves word to programs of this machine's user where the service is, and with which key. */
  saveClient(client: { api: string; apiKey: string }): Promise<void>
  /** Notes the processes that have to be gone before another start. */
  recordChildren(pids: number[]): Promise<void>
  close(): Promise<void>
}

/** @throws StartError when the folder cannot be written, is in use, or holds something unreadable. */
export async function openDataFolder(folder: string): Promise<DataFolder> {
  const path = (name: string): string => join(folder, name)
  await makeWritable(folder)
  await takeLock(path('running.json'))
  const secrets = (await readJson<Secrets>(path('secrets.json'))) ?? (await makeSecrets(path('secrets.json'), folder))
  let instance = (await readJson<Instance>(path('instance.json'))) ?? {}

  return {
    path,
    secrets,
    get instance() {
      return instance
    },
    async saveInstance(change) {
      instance = { ...instance, ...change }
      await writeJson(path('instance.json'), instance)
    },
    recordChildren: async (pids) => {
      const children = pids.map((pid) => ({ pid, startedAt: startTimeOf(pid) }))
      await writeJson(path('running.json'), {
        pid: process.pid,
        startedAt: startTimeOf(process.pid),
        children,
      } satisfies Lock)
    },
    saveClient: ({ api, apiKey }) =>
      writeText(path('client.env'), `TELLWIRE_API_URL=${api}\nTELLWIRE_API_KEY=${apiKey}\n`),
    close: async () =>
      void (await Promise.all(['running.json', 'client.env'].map((file) => rm(path(file), { force: true })))),
  }
}

async function makeWritable(folder: string): Promise<void> {
  const probe = join(folder, `.probe-${process.pid}`)
  try {
    await mkdir(join(folder, 'logs'), { recursive: true, mode: 0o700 })
    await writeFile(probe, '')
    await rm(probe)
  } catch (cause) {
    throw new StartError(
      `The data folder ${folder} cannot be written (${codeOf(cause)}): make it writable, or set TELLWIRE_DATA_DIR to another folder.`,
      { cause },
    )
  }
}

/** Waits for what a killed predecessor left running; it ends by itself. */
async function takeLock(file: string): Promise<void> {
  const lock = await readJson<Lock>(file).catch(() => undefined)
  if (lock && lock.pid !== process.pid && isAlive(lock)) {
    throw new StartError(
      `Tellwire is running on this data folder already (process ${lock.pid}): stop it first, or set TELLWIRE_DATA_DIR, PORT and SANDBOX_PORT for a second copy.`,
    )
  }
  const deadline = performance.now() + predecessorEndsInMs
  while (lock?.children.some(isAlive) && performance.now() < deadline) await delay(50)
  await writeJson(file, { pid: process.pid, startedAt: startTimeOf(process.pid), children: [] } satisfies Lock)
}

async function makeSecrets(file: string, folder: string): Promise<Secrets> {
  if (existsSync(join(folder, 'postgres', 'PG_VERSION'))) {
    throw new StartError(
      `The data folder ${folder} is broken: secrets.json is missing, and without it its database cannot be opened. Restore that file, or delete the folder to start afresh.`,
    )
  }
  const password = (): string => randomBytes(24).toString('base64url')
  const secrets = {
    postgres: password(),
    app: password(),
    engine: password(),
    secretKey: randomBytes(32).toString('base64'),
  }
  await writeJson(file, secrets)
  return secrets
}

async function readJson<T>(file: string): Promise<T | undefined> {
  const content = await readFile(file, 'utf8').catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return undefined
    throw new StartError(
      `${file} cannot be read (${codeOf(error)}): make it readable, or delete the data folder to start afresh.`,
    )
  })
  if (content === undefined) return undefined
  try {
    return JSON.parse(content) as T
  } catch (cause) {
    throw new StartError(`${file} is broken: restore it, or delete the data folder to start afresh.`, { cause })
  }
}

function writeJson(file: string, value: unknown): Promise<void> {
  return writeText(file, `${JSON.stringify(value, null, 2)}\n`)
}

async function writeText(file: string, text: string): Promise<void> {
  await writeFile(`${file}.new`, text, { mode: 0o600 })
  await rename(`${file}.new`, file)
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
}

function isAlive({ pid, startedAt }: RunningProcess): boolean {
  try {
    process.kill(pid, 0)
  } catch {
    return false
  }
  return startTimeOf(pid) === startedAt
}

/** When a process began, as Linux counts it; the same word for all processes elsewhere. A zombie is none. */
function startTimeOf(pid: number): string {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
    return fields[0] === 'Z' ? 'ended' : (fields[19] ?? '')
  } catch {
    return ''
  }
}
