import { createServer } from 'node:net'
import { StartError } from './start-error.js'

/** @throws StartError when something listens there already. */
export async function assertPortFree(port: number, variable: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        new StartError(
          error.code === 'EADDRINUSE'
            ? `Port ${port} is in use: stop what uses it, or set ${variable} to another port.`
            : `Port ${port} cannot be used (${error.code}): set ${variable} to another port.`,
        ),
      ),
    )
    server.listen(port, '127.0.0.1', () => server.close(() => resolve()))
  })
}
