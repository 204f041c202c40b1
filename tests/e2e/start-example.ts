import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { eventually, findFreePort } from '@tellwire/testing'
import type { World } from './world.js'

export interface Example {
  /** Where its pages are. */
  site: string
  output(): string
  stop(): Promise<void>
}

/** Runs an example as somebody would who has read its README. @param ready stands in its output once it runs. */
export async function startExample(
  world: World,
  name: string,
  { folder, ready, env = {} }: { folder: string; ready: string; env?: Record<string, string> },
): Promise<Example> {
  const port = await findFreePort()
  const main = fileURLToPath(new URL(`../../examples/${name}/dist/main.js`, import.meta.url))
  const child = spawn(process.execPath, [main], {
    env: {
      PATH: process.env['PATH'],
      TELLWIRE_API_URL: world.api,
      TELLWIRE_API_KEY: world.key,
      STATE_DIR: folder,
      PORT: String(port),
      ...env,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  await eventually(() => output.includes(ready))
  return {
    site: `http://127.0.0.1:${port}`,
    output: () => output,
    async stop() {
      child.kill()
      await ended
    },
  }
}
