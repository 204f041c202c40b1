import { Client } from 'undici'

/**
 * Connections to one server, each for one request at a time. The one that was used last is used next, so that no more
 * are kept open than are needed, and a request that begins leaves at once.
 */
export interface Clients {
  readonly origin: string
  /** Calls `use` with a connection: at once, or when one of `countMax` is given back. */
  take(use: (client: Client, giveBack: () => void) => void): void
  close(): Promise<void>
}

export function createClients(
  origin: string,
  { countMax, connectTimeoutMs }: { countMax: number; connectTimeoutMs: number },
): Clients {
  const all: Client[] = []
  const free: Client[] = []
  const waiting: ((client: Client, giveBack: () => void) => void)[] = []

  const create = (): Client => {
    const client = new Client(origin, { connect: { timeout: connectTimeoutMs } })
    all.push(client)
    return client
  }

  const hand = (client: Client, use: (client: Client, giveBack: () => void) => void): void => {
    use(client, () => {
      const next = waiting.shift()
      // The client is still in the middle of what has ended.
      if (next) queueMicrotask(() => hand(client, next))
      else free.push(client)
    })
  }

  return {
    origin,
    take(use) {
      const client = free.pop() ?? (all.length < countMax ? create() : undefined)
      if (client) hand(client, use)
      else waiting.push(use)
    },
    async close() {
      await Promise.all(all.map((client) => client.destroy()))
    },
  }
}
