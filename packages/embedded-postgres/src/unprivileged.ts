import { execFile, spawnSync } from 'node:child_process'
import { chown, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import { PostgresError } from './postgres-error.js'

/** How to run a Postgres program, which refuses to run as root. */
export interface Unprivileged {
  /** Words to put before the command. */
  prefix: string[]
  ids: { uid?: number; gid?: number }
}

/**
 * As an ordinary user: as it is. As root: in a user namespace that maps root to another user, so that
 * folders only root may enter stay usable; where namespaces are off, as the user `postgres`.
 */
export async function dropPrivileges(dataDir: string): Promise<Unprivileged> {
  if (process.getuid?.() !== 0) return { prefix: [], ids: {} }

  const prefix = ['unshare', '-U', '--map-user=1000', '--map-group=1000', '--']
  if (spawnSync(prefix[0] ?? '', [...prefix.slice(1), 'true']).status === 0) return { prefix, ids: {} }

  const ids = await findPostgresUser()
  await assertReachable(dirname(dataDir), ids.uid)
  await chown(dataDir, ids.uid, ids.gid)
  return { prefix: [], ids }
}

/** Every folder above must let that user pass; we change none that are not ours. */
async function assertReachable(folder: string, uid: number): Promise<void> {
  const { mode, uid: owner } = await stat(folder)
  if ((mode & 0o001) === 0 && owner !== uid) {
    throw new PostgresError(
      `Postgres does not run as root, and the user postgres may not enter ${folder}: start as an ordinary user, or choose a data folder that others may enter.`,
    )
  }
  if (dirname(folder) !== folder) await assertReachable(dirname(folder), uid)
}

async function findPostgresUser(): Promise<{ uid: number; gid: number }> {
  const id = async (flag: string) => Number((await promisify(execFile)('id', [flag, 'postgres'])).stdout)
  try {
    return { uid: await id('-u'), gid: await id('-g') }
  } catch (cause) {
    throw new PostgresError(
      'Postgres does not run as root, and here there are neither user namespaces nor a user named postgres: start as an ordinary user, or run `useradd postgres`.',
      { cause },
    )
  }
}
