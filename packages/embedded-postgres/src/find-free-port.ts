import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'

/** Below what systems give to those who ask for any port: from 32,768 on in Linux, from 49,152 elsewhere. */
const from = 20_000
const to = 32_000

/**
 * A port on 127.0.0.1 that nobody listens on right now. No system gives it away by itself, to somebody
 * who listens anywhere or calls out, so that it is still free when its user gets to it.
 * @throws when each of a hundred tried ones is in use.
 */
export async function findFreePort(): Promise<number> {
  for (let tries = 1; tries <= 100; tries++) {
    const port = randomInt(from, to)
    if (await isFree(port)) return port
  }
  throw new Error(`no free port was found between ${from} and ${to}`)
}

async function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}
