import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { createConnection } from 'node:net'
import { findFreePort } from '@tellwire/embedded-postgres'

export interface RedisServer {
  pid: number
  port: number
  url: string
  /** The folder of its files, which is removed when it stops. */
  folder: string
  /** What it holds, as it would be on a disk, uncompressed. */
  dump(): Promise<Buffer>
  stop(): Promise<void>
}

/** Whether there is a `redis-server` to test with. */
export function findRedisServer(): boolean {
  return spawnSync('redis-server', ['--version']).status === 0
}

/** A Redis of our own in a temporary folder. @param port one that is free, where none is given. @param options of its command line. */
export async function startRedis(port?: number, options: readonly string[] = []): Promise<RedisServer> {
  const ownPort = port ?? (await findFreePort())
  const folder = mkdtempSync(join(tmpdir(), 'tellwire-redis-'))
  const common = ['--bind', '127.0.0.1', '--save', '', '--maxmemory-policy', 'noeviction', '--dir', folder]
  const server = await launchRedis(ownPort, ['--port', String(ownPort), ...common, ...options])
  return {
    pid: server.pid,
    port: ownPort,
    url: `redis://127.0.0.1:${ownPort}`,
    folder,
    async dump() {
      await askRedis(ownPort, ['CONFIG SET rdbcompression no', 'SAVE'])
      return readFileSync(join(folder, 'dump.rdb'))
    },
    async stop() {
      await server.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Runs `redis-server` until it is stopped, at the latest by the end of this process. */
export async function launchRedis(
  port: number,
  args: readonly string[],
): Promise<{ pid: number; stop(): Promise<void> }> {
  const child: ChildProcess = spawn('redis-server', args, { stdio: 'ignore' })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  child.once('error', () => undefined)
  const end = (): boolean => child.kill('SIGTERM')
  process.once('exit', end)
  while (!(await accepts(port))) {
    if (child.pid === undefined || child.exitCode !== null)
      throw new Error('redis-server did not start: is it installed?')
    await delay(20)
  }
  return {
    pid: child.pid ?? 0,
    async stop() {
      process.off('exit', end)
      end()
      await ended
    },
  }
}

/** Gives commands that are answered with OK. */
export function askRedis(port: number, commands: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ port, host: '127.0.0.1' }, () => socket.write(`${commands.join('\r\n')}\r\n`))
    let answer = ''
    socket.on('data', (chunk: Buffer) => {
      answer += chunk.toString()
      if (answer.split('\r\n').length <= commands.length) return
      socket.destroy()
      if (answer === '+OK\r\n'.repeat(commands.length)) resolve()
      else reject(new Error(`Redis answers ${answer}`))
    })
    socket.once('error', reject)
  })
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ port, host: '127.0.0.1' })
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}
