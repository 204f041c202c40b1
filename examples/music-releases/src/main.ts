import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Tellwire } from '@tellwire/sdk'
import { fileStore } from '@tellwire/sdk/node'
import { startSite } from './site.js'

const here = fileURLToPath(new URL('..', import.meta.url))
const { PORT = '4704', STATE_DIR = join(here, 'state'), NOW } = process.env

const site = await startSite(new Tellwire(), {
  port: Number(PORT),
  choices: fileStore<string[]>(join(STATE_DIR, 'choices')),
  // Another time of the day can be tried.
  nowOf: () => (NOW === undefined ? new Date() : new Date(NOW)),
})
console.log(`The web app is at ${site.url}`)
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void site.close())
