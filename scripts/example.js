// `npm run example -- NAME`: runs an example against the service that `npm start` runs, or that TELLWIRE_API_URL and
// TELLWIRE_API_KEY name.
import './node-version.js'
import { spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { parseEnv } from 'node:util'

const { root, setUp } = await import('./set-up.js')
const [name = ''] = process.argv.slice(2)
const names = readdirSync(join(root, 'examples'))
if (!names.includes(name)) {
  console.error(`Name one of the examples: ${names.join(', ')}.`)
  process.exit(2)
}

await setUp()
const clientFile = findClientFile(resolve(root, process.env.TELLWIRE_DATA_DIR ?? '.tellwire'))
const local = clientFile ? parseEnv(readFileSync(clientFile, 'utf8')) : {}
const env = { ...local, ...process.env }
// What an example keeps is about the service that it runs against.
if (clientFile && env.TELLWIRE_API_KEY === local.TELLWIRE_API_KEY)
  env.STATE_DIR ??= join(dirname(clientFile), 'examples', name)
if (!env.TELLWIRE_API_KEY) {
  console.error('Start the service with `npm start` first, or set TELLWIRE_API_URL and TELLWIRE_API_KEY.')
  process.exit(2)
}
const child = spawn(process.execPath, [join(root, 'examples', name, 'dist/main.js')], {
  stdio: 'inherit',
  env,
  detached: true,
})
// It stands apart from the terminal, which would tell it a second time, and so end it at once.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal))
child.once('close', (code) => process.exit(code ?? 1))

/** A real bot's data lives in a folder of its own. The service that was started last is the one that runs. */
function findClientFile(folder) {
  const folders = existsSync(folder) ? readdirSync(folder).filter((each) => each.startsWith('telegram-')) : []
  return ['.', ...folders]
    .map((each) => join(folder, each, 'client.env'))
    .filter((file) => existsSync(file))
    .toSorted((one, other) => statSync(one).mtimeMs - statSync(other).mtimeMs)
    .at(-1)
}
