import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { CommandError } from './exit-codes.js'

/** A service, and the keys for it. */
export interface Profile {
  url: string
  key?: string
  adminKey?: string
}

interface Stored {
  current?: string
  profiles: Record<string, Profile>
}

type Env = Record<string, string | undefined>

export function profilesFile(env: Env): string {
  return join(env['XDG_CONFIG_HOME'] ?? join(homedir(), '.config'), 'tellwire', 'profiles.json')
}

export async function readProfiles(env: Env): Promise<Stored> {
  const file = profilesFile(env)
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (text === undefined) return { profiles: {} }
  try {
    return JSON.parse(text) as Stored
  } catch {
    throw new CommandError(`${file} is no JSON. Mend it, or remove it and log in again.`)
  }
}

/** Keys stand in it: nobody else may read it. */
export async function writeProfiles(env: Env, stored: Stored): Promise<void> {
  const file = profilesFile(env)
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  await writeFile(`${file}.new`, `${JSON.stringify(stored, undefined, 2)}\n`, { mode: 0o600 })
  await chmod(`${file}.new`, 0o600)
  await rename(`${file}.new`, file)
}

/** What is said on the command line goes before the environment, and that before what is stored for the same service. */
export async function findProfile(env: Env, { profile, url }: { profile?: string; url?: string }): Promise<Profile> {
  const { current, profiles } = await readProfiles(env)
  const name = profile ?? env['TELLWIRE_PROFILE']
  const stored = profiles[name ?? current ?? '']
  if (name !== undefined && !stored) {
    throw new CommandError(`There is no profile "${name}". Make it with: tellwire login --profile ${name}`)
  }
  // A profile that was named is not mixed with keys of the environment.
  const keys = name === undefined ? { key: env['TELLWIRE_API_KEY'], adminKey: env['TELLWIRE_ADMIN_KEY'] } : {}
  const found = url ?? (name === undefined ? env['TELLWIRE_API_URL'] : undefined) ?? stored?.url
  if (found === undefined) {
    throw new CommandError('Where is the service? Run: tellwire login, or set TELLWIRE_API_URL and TELLWIRE_API_KEY.')
  }
  assertAddress(found)
  // A key is of one service: no other is shown it.
  const own = stored && isSame(stored.url, found) ? stored : undefined
  return {
    url: found,
    ...pick('key', keys.key ?? own?.key),
    ...pick('adminKey', keys.adminKey ?? own?.adminKey),
  }
}

/** @throws {CommandError} where it is no address that can be called. */
export function assertAddress(url: string): void {
  if (/^https?:\/\//.test(url) && URL.canParse(url)) return
  throw new CommandError(`${url} is no address of a service: it begins with http:// or https://.`)
}

export function isSame(one: string, other: string): boolean {
  const plain = (url: string): string => (URL.canParse(url) ? new URL(url).href : url).replace(/\/+$/, '')
  return plain(one) === plain(other)
}

function pick<Name extends 'key' | 'adminKey'>(name: Name, value: string | undefined): { [Key in Name]?: string } {
  return value === undefined ? {} : ({ [name]: value } as { [Key in Name]: string })
}
