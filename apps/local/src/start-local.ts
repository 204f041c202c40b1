import { type Child, startChild } from './child-process.js'
import type { LocalConfig } from './config.js'
import { type DataFolder, openDataFolder } from './data-folder.js'
import { type LocalDatabase, startDatabase, useDatabase } from './database.js'
import { assertPortFree } from './ports.js'
import type { Provision } from './provision.js'
import { describePlaces } from './describe-places.js'
import type { Facts } from './facts.js'
import { StartError } from './start-error.js'
import { supervise } from './supervise.js'
import { tellStory } from './tell-story.js'

export interface Local {
  ready: Promise<Facts>
  /** Rejects when one of the processes ends by itself. */
  failed: Promise<never>
  /** Ends what was started, last first: the worker settles before the sandbox and Postgres go. */
  stop(): Promise<void>
}

interface Output {
  say: (line: string) => void
  signal: AbortSignal
}

export function startLocal(config: LocalConfig, output: Output): Local {
  const endings: (() => Promise<void>)[] = []
  let reportFailure: (error: Error) => void = () => undefined
  let isStopping = false
  const failed = new Promise<never>((_resolve, reject) => {
    reportFailure = reject
  })
  failed.catch(() => undefined)

  const watch = (name: string, ended: Promise<void>, logFile: string): void => {
    void ended.then(() => {
      if (!isStopping) reportFailure(new StartError(`${name} has ended unexpectedly: see ${logFile}.`))
    })
  }
  return {
    ready: bringUp(config, output, endings, watch),
    failed,
    async stop() {
      isStopping = true
      for (const end of endings.toReversed()) await end()
    },
  }
}

type Watch = (name: string, ended: Promise<void>, logFile: string) => void

async function bringUp(
  config: LocalConfig,
  output: Output,
  endings: (() => Promise<void>)[],
  watch: Watch,
): Promise<Facts> {
  const { say, signal } = output
  const api = `http://127.0.0.1:${config.PORT}`
  const sandbox = config.TELEGRAM_BOT_TOKEN === undefined ? `http://127.0.0.1:${config.SANDBOX_PORT}` : undefined

  if (sandbox !== undefined && config.PORT === config.SANDBOX_PORT)
    throw new StartError('PORT and SANDBOX_PORT are the same: set one of them to another port.')
  const folder = await openDataFolder(config.dataDir)
  endings.push(() => folder.close())
  await assertPortFree(config.PORT, 'PORT')
  if (sandbox !== undefined) await assertPortFree(config.SANDBOX_PORT, 'SANDBOX_PORT')

  const children: Child[] = []
  const start = async (name: string, env: Record<string, string | undefined>): Promise<Child> => {
    const logFile = folder.path(`logs/${name}.log`)
    const startOne = (): Child => startChild(name, { ...config.passedOn, ...env }, logFile)
    const child = supervise(startOne, () => {
      say(`The ${name} has ended unexpectedly, and is started again: see ${logFile}.`)
      void folder.recordChildren(children.map(({ pid }) => pid))
    })
    endings.push(() => child.stop())
    children.push(child)
    await folder.recordChildren(children.map(({ pid }) => pid))
    void child.ready.then(
      () => watch(`The ${name}`, child.ended, logFile),
      () => undefined,
    )
    return child
  }
  // The sandbox needs no database, so it starts beside it; the others start when there is one.
  if (sandbox !== undefined) {
    await start('sandbox', { PORT: String(config.SANDBOX_PORT), SANDBOX_DATA_FILE: folder.path('sandbox.json') })
  }
  const database = await openDatabase(config, folder, output)
  const { server } = database
  if (server) {
    endings.push(() => server.stop())
    watch('Postgres', server.ended, folder.path('logs/postgres.log'))
  }
  signal.throwIfAborted()

  say('Starting the API, the worker and the sandbox …')
  const env = serviceEnv(config, folder, database, sandbox)
  await start('api', { ...env, PORT: String(config.PORT), PUBLIC_URL: config.PUBLIC_URL })
  await start('worker', env)
  // While the services start: what it loads takes most of a second.
  const provisioning = import('./provision.js')
  provisioning.catch(() => undefined)
  await Promise.all(children.map((child) => readyOrStopped(child, signal)))

  const { provision } = await provisioning
  const made = await provision(folder, {
    databaseUrl: database.engineUrl ?? database.url,
    api,
    sandbox,
    botToken: config.TELEGRAM_BOT_TOKEN,
    signal,
  })
  await folder.saveClient({ api, apiKey: made.apiKey })
  await tellOnce(folder, { api, sandbox, signal }, made, say)
  const facts = toFacts(api, sandbox, made)
  for (const line of describePlaces(facts, folder.path(''), folder.instance.personId)) say(line)
  return facts
}

async function readyOrStopped(child: Child, signal: AbortSignal): Promise<void> {
  const aborted = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
  await Promise.race([child.ready, aborted])
  signal.throwIfAborted()
}

async function openDatabase(config: LocalConfig, folder: DataFolder, { say, signal }: Output): Promise<LocalDatabase> {
  if (config.DATABASE_URL !== undefined) {
    say('Preparing the database …')
    return useDatabase(config.DATABASE_URL)
  }
  say('Starting Postgres …')
  return startDatabase(folder, signal)
}

function serviceEnv(
  config: LocalConfig,
  folder: DataFolder,
  database: LocalDatabase,
  sandbox: string | undefined,
): Record<string, string | undefined> {
  return {
    DATABASE_URL: database.url,
    DATABASE_ENGINE_URL: database.engineUrl,
    REDIS_URL: config.REDIS_URL,
    SECRET_KEY: folder.secrets.secretKey,
    FILES_DIR: folder.path('files'),
    ALLOWED_PRIVATE_HOSTS: 'localhost',
    TELEGRAM_API_ROOT: sandbox ?? config.TELEGRAM_API_ROOT,
  }
}

async function tellOnce(
  folder: DataFolder,
  { api, sandbox, signal }: { api: string; sandbox: string | undefined; signal: AbortSignal },
  made: Provision,
  say: Output['say'],
): Promise<void> {
  if (sandbox === undefined || folder.instance.isStoryTold) return
  say('\nThe story, as it happens:')
  let step = 1
  await tellStory(folder, { api, sandbox, signal }, made, (line) =>
    say(line.startsWith(' ') ? `   ${line}` : `  ${step++}. ${line}`),
  )
  await folder.saveInstance({ isStoryTold: true })
}

function toFacts(api: string, sandbox: string | undefined, made: Provision): Facts {
  return {
    api,
    docs: `${api}/docs`,
    sandbox: sandbox ?? null,
    tenant_id: made.tenantId,
    api_key: made.apiKey,
    admin_key: made.adminKey,
    bot: made.bot,
  }
}
