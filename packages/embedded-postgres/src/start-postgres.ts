import { type ChildProcess, spawn } from 'node:child_process'
import { createWriteStream, existsSync } from 'node:fs'
import { chown, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { findBinaries } from './binaries.js'
import { findFreePort } from './find-free-port.js'
import { PostgresError } from './postgres-error.js'
import { stopOrphan } from './stop-orphan.js'
import { dropPrivileges, type Unprivileged } from './unprivileged.js'
import { waitUntil } from './wait-until.js'

const superuser = 'postgres'
const startsWithinMs = 60_000

export interface PostgresOptions {
  /** The cluster's folder: made when it is missing, kept when it is there. */
  dataDir: string
  /** The superuser's password, used when the cluster is made and to connect. */
  password: string
  logFile: string
  /** A port of the caller's choice, to start again where others know the server; a free one otherwise. */
  port?: number
  /** Server settings beside our own, such as `{ fsync: 'off' }`. */
  settings?: Record<string, string>
  /** Ends what is being started. */
  signal?: AbortSignal
}

export interface PostgresServer {
  port: number
  /** A connection string of the superuser. */
  url(database?: string): string
  /** Resolves when the server has ended, whoever ended it. */
  ended: Promise<void>
  /** Ends the server after what is running now was cut off; what was committed stays. */
  stop(): Promise<void>
}

/**
 * Starts a Postgres of our own on 127.0.0.1, in a process group of its own, so that a Ctrl-C in the
 * terminal does not reach it before those who use it have finished. One that a killed parent left
 * running on the same folder is stopped first.
 * @throws {PostgresError} when the folder cannot be used.
 */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  const { dataDir } = options
  const binaries = await findBinaries()
  await mkdir(dataDir, { recursive: true, mode: 0o700 })
  await assertUsable(dataDir)
  await stopOrphan(dataDir)
  const privileges = await dropPrivileges(dataDir)

  if (!existsSync(join(dataDir, 'PG_VERSION'))) await initialise(binaries.initdb, privileges, options)

  const port = options.port ?? (await findFreePort())
  const child = launch(binaries.postgres, privileges, options, port)
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve())
    child.once('error', () => resolve())
  })
  const url = (database = 'postgres') =>
    `postgres://${superuser}:${encodeURIComponent(options.password)}@127.0.0.1:${port}/${database}`

  await waitForConnections(child, url(), options)
  return { port, url, ended, stop: () => stop(child, ended) }
}

async function assertUsable(dataDir: string): Promise<void> {
  const names = await readdir(dataDir)
  if (names.length > 0 && !names.includes('PG_VERSION')) {
    throw new PostgresError(
      `${dataDir} is not a usable database folder: PG_VERSION is missing. If its data can go, delete that folder and start again.`,
    )
  }
}

/** Made beside its place and then moved there, so that a start that was cut off leaves nothing half-made. */
async function initialise(initdb: string, privileges: Unprivileged, options: PostgresOptions): Promise<void> {
  const { dataDir, signal } = options
  const newDir = `${dataDir}.new`
  await rm(newDir, { recursive: true, force: true })
  await mkdir(newDir, { mode: 0o700 })
  const passwordFolder = await mkdtemp(join(tmpdir(), 'tellwire-'))
  const passwordFile = join(passwordFolder, 'password')
  await writeFile(passwordFile, options.password, { mode: 0o600 })
  const { uid, gid = 0 } = privileges.ids
  if (uid !== undefined) await Promise.all([newDir, passwordFolder, passwordFile].map((path) => chown(path, uid, gid)))
  const [command, ...args] = [
    ...privileges.prefix,
    initdb,
    `--pgdata=${newDir}`,
    `--username=${superuser}`,
    '--auth=scram-sha-256',
    `--pwfile=${passwordFile}`,
    '--encoding=UTF8',
    '--locale=C',
    '--no-sync',
  ]
  const child = spawn(command, args, { ...privileges.ids, stdio: ['ignore', 'ignore', 'pipe'], detached: true })
  const abort = (): void => void (child.pid && process.kill(-child.pid, 'SIGKILL'))
  signal?.addEventListener('abort', abort, { once: true })
  let errors = ''
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()))
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  signal?.removeEventListener('abort', abort)
  await rm(passwordFolder, { recursive: true, force: true })
  if (code !== 0) {
    await rm(newDir, { recursive: true, force: true })
    signal?.throwIfAborted()
    throw new PostgresError(
      `A database cannot be made in ${dataDir}: ${lastLine(errors)}. Empty that folder or choose another.`,
    )
  }
  await rm(dataDir, { recursive: true, force: true })
  await rename(newDir, dataDir)
}

function launch(postgres: string, privileges: Unprivileged, options: PostgresOptions, port: number): ChildProcess {
  const settings = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    max_connections: '300',
    timezone: 'UTC',
    log_timezone: 'UTC',
    ...options.settings,
  }
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const [command = '', ...args] = [...privileges.prefix, postgres, '-D', options.dataDir, ...flags]
  const child = spawn(command, args, { ...privileges.ids, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
  const log = createWriteStream(options.logFile, { flags: 'a', mode: 0o600 })
  child.stdout?.pipe(log, { end: false })
  child.stderr?.pipe(log, { end: false })
  child.once('close', () => log.end())
  return child
}

async function waitForConnections(child: ChildProcess, url: string, options: PostgresOptions): Promise<void> {
  let refusal = ''
  let isRecovering = false
  const accepts = async () => {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 })
    client.on('error', () => undefined)
    try {
      await client.connect()
      return true
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined
      if (code === '28P01') refusal = 'its password is not the one in this folder'
      isRecovering = code === '57P03'
      return false
    } finally {
      await client.end().catch(() => undefined)
    }
  }
  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null
  const isSettled = async (): Promise<boolean> =>
    hasEnded() || refusal !== '' || options.signal?.aborted === true || (await accepts())

  let inTime = await waitUntil(isSettled, startsWithinMs)
  // After a crash it goes through what was written last, which takes as long as it takes.
  while (!inTime && isRecovering) inTime = await waitUntil(isSettled, startsWithinMs)
  if (inTime && !hasEnded() && refusal === '' && options.signal?.aborted !== true) return

  child.kill('SIGQUIT')
  options.signal?.throwIfAborted()
  const reason = refusal || (await readFatal(options.logFile))
  throw new PostgresError(
    `The database in ${options.dataDir} does not start: ${reason}. If its data can go, delete that folder and start again; its log is ${options.logFile}.`,
  )
}

async function readFatal(logFile: string): Promise<string> {
  const lines = (await readFile(logFile, 'utf8').catch(() => '')).trim().split('\n')
  const fatal = lines.findLast((line) => /FATAL|PANIC|could not|cannot/.test(line))
  return lastLine(fatal ?? lines.at(-1) ?? '')
}

function lastLine(output: string): string {
  const line = output.trim().split('\n').at(-1) ?? ''
  return line.replace(/^.*?(FATAL|PANIC|error):\s*/, '').replace(/\.$/, '') || 'it gave no reason'
}

async function stop(child: ChildProcess, ended: Promise<void>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGINT')
  const timer = setTimeout(() => child.kill('SIGQUIT'), 20_000)
  await ended
  clearTimeout(timer)
}
