import { createHash } from 'node:crypto'
import { createServer, type Server, type Socket } from 'node:net'
import pg from 'pg'

/**
 * A pooler that lends a connection to Postgres for one transaction, by the rules of PgBouncer from 1.21 on: start-up options
 * are dropped, statements that were prepared by name are known on every connection, everything else of a session is not.
 */
export interface TransactionPooler {
  /** The same address, by way of the pooler. */
  through(url: string): string
  /** Statements that set something up for the rest of a session, which another client would have got. */
  sessionStatements: string[]
  stop(): Promise<void>
}

/** @param urls one for each role that may connect, with its password. @param size the most connections of a role. */
export async function startTransactionPooler(urls: readonly string[], size: number): Promise<TransactionPooler> {
  const pools = new Map(urls.map((url) => [decodeURIComponent(new URL(url).username), createPool(url, size)]))
  const sessionStatements: string[] = []
  const clients = new Set<Socket>()
  const server: Server = createServer((socket) => {
    clients.add(socket)
    socket.once('close', () => clients.delete(socket))
    serve(socket, (user) => pools.get(user), sessionStatements)
  })
  const port = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      resolve(typeof address === 'object' && address ? address.port : 0)
    })
  })
  return {
    through(url) {
      const pooled = new URL(url)
      pooled.host = `127.0.0.1:${port}`
      return pooled.href
    },
    sessionStatements,
    async stop() {
      for (const client of clients) client.destroy()
      await new Promise((resolve) => server.close(resolve))
      for (const pool of pools.values()) pool.end()
    },
  }
}

/** One connection to Postgres. */
interface ServerConnection {
  socket: Socket
  /** Texts that it has prepared, by the name that they have here. */
  prepared: Set<string>
  /** For each Parse without an answer: whether its answer is the client's too, and in which group of messages it was sent. */
  parses: { name: string; isOwn: boolean; group: number }[]
  /** How many groups of messages, each ended by a Sync or a simple query, were sent and were answered. */
  sent: number
  answered: number
  onMessage: (message: Buffer) => void
}

interface Pool {
  take(): Promise<ServerConnection>
  give(connection: ServerConnection): void
  drop(connection: ServerConnection): void
  end(): void
}

function createPool(url: string, size: number): Pool {
  const idle: ServerConnection[] = []
  const all = new Set<ServerConnection>()
  const waiting: ((connection: ServerConnection) => void)[] = []
  let opened = 0

  const open = async (): Promise<ServerConnection> => {
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    // Who is connected and let in is all that is wanted of the driver.
    const { stream: socket } = Reflect.get(client, 'connection') as unknown as { stream: Socket }
    socket.removeAllListeners()
    const connection: ServerConnection = {
      socket,
      prepared: new Set(),
      parses: [],
      sent: 0,
      answered: 0,
      onMessage: () => undefined,
    }
    socket.on('error', () => undefined)
    readMessages(socket, true, (message) => connection.onMessage(message))
    all.add(connection)
    return connection
  }
  const give = (connection: ServerConnection): void => {
    connection.onMessage = () => undefined
    const next = waiting.shift()
    if (next) next(connection)
    else idle.push(connection)
  }
  return {
    take() {
      // The one that was not used for the longest time, so that nobody finds by chance what he left.
      const connection = idle.shift()
      if (connection) return Promise.resolve(connection)
      if (opened >= size) return new Promise((resolve) => waiting.push(resolve))
      opened += 1
      return open()
    },
    give,
    drop(connection) {
      connection.socket.destroy()
      all.delete(connection)
      opened -= 1
      if (waiting.length > 0) {
        opened += 1
        void open().then(give)
      }
    },
    end() {
      for (const { socket } of all) socket.destroy()
    },
  }
}

const leavesSomething =
  /^\s*(set\s+(?!local\b|transaction\b)|listen\b|prepare\b|declare\b.*\bwith hold\b)|pg_(try_)?advisory_lock\(/is

function serve(socket: Socket, poolOf: (user: string) => Pool | undefined, sessionStatements: string[]): void {
  let pool: Pool | undefined
  let lent: ServerConnection | undefined
  let isTaking = false
  const unsent: Buffer[] = []
  const statements = new Map<string, { name: string; rest: Buffer }>()
  socket.on('error', () => undefined)
  socket.once('close', () => {
    // In the middle of a transaction, nobody else can use it.
    if (lent) pool?.drop(lent)
    lent = undefined
  })

  const answer = (connection: ServerConnection, message: Buffer): void => {
    const type = String.fromCharCode(message[0] ?? 0)
    if (type === '1') {
      if (connection.parses.shift()?.isOwn === true) return
    } else if (type === 'E') {
      const failed = connection.parses.filter(({ group }) => group === connection.answered)
      connection.parses = connection.parses.filter(({ group }) => group !== connection.answered)
      for (const { name } of failed) connection.prepared.delete(name)
    }
    socket.write(message)
    if (type !== 'Z') return
    connection.answered += 1
    const isIdle = message[5] === 'I'.charCodeAt(0)
    if (!isIdle || connection.answered < connection.sent || unsent.length > 0) return
    lent = undefined
    pool?.give(connection)
  }

  const forward = (connection: ServerConnection, message: Buffer): void => {
    const send = (type: string, body: Buffer): void => void connection.socket.write(frame(type, body))
    const prepare = (name: string, rest: Buffer, isOwn: boolean): void => {
      connection.parses.push({ name, isOwn, group: connection.sent })
      connection.prepared.add(name)
      send('P', Buffer.concat([text(name), rest]))
    }
    /** The name of a statement on this connection, which prepares it where it is not known there. */
    const nameOf = (given: string): string => {
      const known = statements.get(given)
      if (!known) return given
      if (!connection.prepared.has(known.name)) prepare(known.name, known.rest, true)
      return known.name
    }
    const type = String.fromCharCode(message[0] ?? 0)
    const body = message.subarray(5)
    switch (type) {
      case 'P': {
        const { value: given, rest } = readText(body)
        note(readText(rest).value)
        const name = given === '' ? '' : `s_${createHash('sha256').update(rest).digest('hex').slice(0, 32)}`
        if (given !== '') statements.set(given, { name, rest })
        // What is prepared already is answered by preparing nothing.
        if (name !== '' && connection.prepared.has(name)) prepare('', Buffer.concat([text(''), Buffer.alloc(2)]), false)
        else prepare(name, rest, false)
        return
      }
      case 'B': {
        const { value: portal, rest } = readText(body)
        const { value: given, rest: values } = readText(rest)
        const name = nameOf(given)
        send('B', Buffer.concat([text(portal), text(name), values]))
        return
      }
      case 'D':
        if (body[0] !== 'S'.charCodeAt(0)) break
        send('D', Buffer.concat([Buffer.from('S'), text(nameOf(readText(body.subarray(1)).value))]))
        return
      case 'C':
        if (body[0] !== 'S'.charCodeAt(0)) break
        statements.delete(readText(body.subarray(1)).value)
        send('C', Buffer.concat([Buffer.from('S'), text('nothing')]))
        return
      case 'Q':
        note(readText(body).value)
        connection.sent += 1
        break
      case 'S':
        connection.sent += 1
        break
      default:
        break
    }
    connection.socket.write(message)
  }
  const note = (sql: string): void => {
    if (leavesSomething.test(sql)) sessionStatements.push(sql)
  }

  const flush = async (): Promise<void> => {
    if (isTaking || !pool) return
    if (!lent) {
      isTaking = true
      const connection = await pool.take()
      isTaking = false
      if (socket.destroyed) {
        pool.give(connection)
        return
      }
      lent = connection
      lent.onMessage = (message) => answer(connection, message)
    }
    for (const message of unsent.splice(0)) forward(lent, message)
  }

  readMessages(socket, false, (message, isStartup) => {
    if (isStartup) {
      const user = readStartup(message)
      if (user === undefined) return void socket.write('N')
      pool = poolOf(user)
      if (!pool) return void socket.destroy()
      socket.write(welcome)
      return
    }
    if (message[0] === 'X'.charCodeAt(0)) return void socket.end()
    unsent.push(message)
    void flush()
  })
}

/** Lets the client in, and tells it what drivers ask for. */
const welcome = Buffer.concat([
  frame('R', Buffer.alloc(4)),
  ...Object.entries({ client_encoding: 'UTF8', standard_conforming_strings: 'on', integer_datetimes: 'on' }).map(
    ([name, value]) => frame('S', Buffer.concat([text(name), text(value)])),
  ),
  frame('K', Buffer.alloc(8)),
  frame('Z', Buffer.from('I')),
])

/** @returns who connects; undefined where it is a question for TLS. */
function readStartup(message: Buffer): string | undefined {
  const version3 = 196_608
  if (message.readInt32BE(4) !== version3) return undefined
  const words = message.toString('utf8', 8).split('\0')
  return words[words.indexOf('user') + 1]
}

/** Cuts what arrives into messages. Those of a client's start have no type in front. */
function readMessages(
  socket: Socket,
  isServer: boolean,
  onMessage: (message: Buffer, isStartup: boolean) => void,
): void {
  let buffered = Buffer.alloc(0)
  let isStarted = isServer
  socket.on('data', (chunk: Buffer) => {
    buffered = Buffer.concat([buffered, chunk])
    for (;;) {
      const head = isStarted ? 1 : 0
      if (buffered.length < head + 4) return
      const length = head + buffered.readInt32BE(head)
      if (buffered.length < length) return
      const message = buffered.subarray(0, length)
      buffered = buffered.subarray(length)
      const isStartup = !isStarted
      if (isStartup && readStartup(message) !== undefined) isStarted = true
      onMessage(message, isStartup)
    }
  })
}

function frame(type: string, body: Buffer): Buffer {
  const head = Buffer.alloc(5)
  head.write(type)
  head.writeInt32BE(body.length + 4, 1)
  return Buffer.concat([head, body])
}

function text(value: string): Buffer {
  return Buffer.from(`${value}\0`)
}

function readText(body: Buffer): { value: string; rest: Buffer } {
  const end = body.indexOf(0)
  return { value: body.toString('utf8', 0, end), rest: body.subarray(end + 1) }
}
