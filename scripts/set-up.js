// Installs, generates and builds what is missing or has changed. Everything it says goes to standard error.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('..', import.meta.url))
/** Not in package.json's `packageManager`: pnpm would then want to install itself. */
const pnpmVersion = '12.21.0'
const stateDir = join(root, 'node_modules', '.tellwire')
const lockDir = join(stateDir, 'set-up.lock')

/** Makes the checkout ready to run. Two that run at once wait for each other. */
export async function setUp() {
  await withLock(async () => {
    await prepare()
    await step(
      'describe',
      ['docs/openapi.json', 'packages/sdk/describe-api.js', 'pnpm-lock.yaml'].map(contentOf),
      ['packages/sdk/src/generated/api.ts'],
      'Generating the types of the client …',
      () => run(process.execPath, ['packages/sdk/describe-api.js']),
    )
    await step(
      'build',
      buildInputs(),
      packageFolders().map((folder) => `${folder}/dist/.tsbuildinfo`),
      'Building …',
      () => build(),
    )
    await step(
      'bundle',
      [bundleInputs(), buildInputs()],
      ['api', 'worker', 'sandbox'].map((name) => `apps/${name}/bundle/main.js`),
      'Bundling …',
      () => run(process.execPath, ['scripts/bundle.js']),
    )
  })
}

/** Builds the API alone, by which the client is described that everything else is built with. */
export async function setUpApi() {
  await withLock(async () => {
    await prepare()
    await build('apps/api')
  })
}

async function prepare() {
  await step('install', installInputs(), [], 'Installing packages (the first time takes a minute) …', installPackages)
  await step(
    'generate',
    ['prisma/schema.prisma', 'prisma.config.ts', 'pnpm-lock.yaml'].map(contentOf),
    ['packages/db/src/generated/client.ts'],
    'Generating the database client …',
    () => run(process.execPath, ['node_modules/prisma/build/index.js', 'generate']),
  )
}

function build(...projects) {
  return run(process.execPath, ['node_modules/typescript/bin/tsc', '-b', ...projects])
}

/** Builds the benchmarks and crash tests, which `npm start` does without. */
export function buildBench() {
  return build('bench')
}

/** Runs a command in the repository; its output goes to standard error. Whoever ends this process ends the command. */
export function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 2, 2], ...options })
    const signals = ['SIGINT', 'SIGTERM']
    const pass = (signal) => child.kill(signal)
    for (const signal of signals) process.on(signal, pass)
    child.once('error', reject)
    child.once('close', (code) => {
      for (const signal of signals) process.off(signal, pass)
      if (code === 0) resolve()
      else
        reject(new Error(`"${[command, ...args].join(' ')}" failed${code === null ? '' : ` with exit code ${code}`}.`))
    })
  })
}

/** Does `work` unless it was done for the same inputs and its outputs are still there. */
async function step(name, inputs, outputs, announcement, work) {
  const stamp = join(stateDir, name)
  const fingerprint = createHash('sha256').update(JSON.stringify(inputs)).digest('hex')
  const isDone = existsSync(stamp) && readFileSync(stamp, 'utf8') === fingerprint
  if (isDone && outputs.every((file) => existsSync(join(root, file)))) return
  console.error(announcement)
  await work()
  mkdirSync(stateDir, { recursive: true })
  writeFileSync(stamp, fingerprint)
}

function installPackages() {
  const npx = process.platform === 'win32' ? 'npx.cmd' : 'npx'
  // CI=true: pnpm asks nothing. The npm that runs us hands its own settings down; pnpm is to use its own.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^npm_(package|lifecycle)_/.test(name)),
  )
  return run(npx, ['--yes', `pnpm@${pnpmVersion}`, 'install', '--frozen-lockfile'], { env: { ...env, CI: 'true' } })
}

function installInputs() {
  return [
    'package.json',
    'pnpm-lock.yaml',
    'pnpm-workspace.yaml',
    'bench/package.json',
    ...packageFolders().map((folder) => `${folder}/package.json`),
  ].map(contentOf)
}

function buildInputs() {
  const sources = packageFolders().flatMap((folder) => [`${folder}/tsconfig.json`, ...filesUnder(`${folder}/src`)])
  return [
    'pnpm-lock.yaml',
    'tsconfig.json',
    'tsconfig.base.json',
    'prisma/schema.prisma',
    'docs/openapi.json',
    ...sources,
  ].map(identityOf)
}

function bundleInputs() {
  return ['scripts/bundle.js', 'prisma.config.ts', ...packageFolders().map((folder) => `${folder}/package.json`)].map(
    contentOf,
  )
}

function packageFolders() {
  return ['apps', 'packages', 'examples'].flatMap((parent) =>
    readdirSync(join(root, parent))
      .map((name) => `${parent}/${name}`)
      .filter((folder) => existsSync(join(root, folder, 'package.json'))),
  )
}

function filesUnder(folder) {
  return readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.test.ts'))
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length))
    .filter((file) => !file.includes('/generated/'))
    .toSorted()
}

function contentOf(file) {
  return existsSync(join(root, file)) ? readFileSync(join(root, file), 'utf8') : ''
}

function identityOf(file) {
  const { size, mtimeMs } = statSync(join(root, file))
  return [file, size, mtimeMs]
}

async function withLock(work) {
  mkdirSync(stateDir, { recursive: true })
  if (!takeLock()) {
    console.error('Waiting for another set-up of this checkout …')
    while (!takeLock()) await delay(200)
  }
  const release = () => rmSync(lockDir, { recursive: true, force: true })
  process.once('exit', release)
  try {
    await work()
  } finally {
    release()
    process.removeListener('exit', release)
  }
}

function takeLock() {
  try {
    mkdirSync(lockDir)
    writeFileSync(join(lockDir, 'pid'), String(process.pid))
    return true
  } catch (error) {
    if (error.code !== 'EEXIST') throw error
    if (isLockStale()) rmSync(lockDir, { recursive: true, force: true })
    return false
  }
}

/** Its holder is gone, or went before it could write its number. */
function isLockStale() {
  const holder = Number(contentOf('node_modules/.tellwire/set-up.lock/pid'))
  if (holder > 0) return !isAlive(holder)
  return existsSync(lockDir) && Date.now() - statSync(lockDir).mtimeMs > 5_000
}

function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
