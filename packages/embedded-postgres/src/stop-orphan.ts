import { execFile } from 'node:child_process'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { waitUntil } from './wait-until.js'

/**
 * Stops a Postgres that an earlier, killed parent left running on `dataDir`, and removes the pid file
 * of one that is gone. The caller must know that no living parent owns it.
 */
export async function stopOrphan(dataDir: string): Promise<void> {
  const pidFile = join(dataDir, 'postmaster.pid')
  const pid = await readPid(pidFile)
  if (pid === undefined) return

  if (await isPostgresOn(dataDir, pid)) {
    process.kill(pid, 'SIGINT')
    if (await waitUntil(() => !isAlive(pid), 15_000)) return
    process.kill(pid, 'SIGQUIT')
    await waitUntil(() => !isAlive(pid), 5_000)
  }
  await rm(pidFile, { force: true })
}

async function readPid(pidFile: string): Promise<number | undefined> {
  const content = await readFile(pidFile, 'utf8').catch(() => '')
  const pid = Number.parseInt(content, 10)
  return Number.isSafeInteger(pid) && pid > 1 ? pid : undefined
}

async function isPostgresOn(dataDir: string, pid: number): Promise<boolean> {
  if (!isAlive(pid)) return false
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(async () => {
    const { stdout } = await promisify(execFile)('ps', ['-o', 'command=', '-p', String(pid)])
    return stdout
  })
  return command.includes(dataDir)
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
