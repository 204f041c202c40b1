import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { ApiEnv, MigrateEnv } from '../../apps/api/src/config.js'
import { LocalEnv } from '../../apps/local/src/config.js'
import { SandboxEnv } from '../../apps/sandbox/src/config.js'
import { WorkerEnv } from '../../apps/worker/src/config.js'
import { passwordVariables } from '../../packages/config/src/index.js'
import { complainAboutNode } from '../../scripts/node-version.js'

test('.env.example lists every variable that any app reads, and no other', () => {
  const example = readFileSync(fileURLToPath(new URL('../../.env.example', import.meta.url)), 'utf8')
  const listed = [...example.matchAll(/^#? ?([A-Z][A-Z0-9_]+)=/gm)].map(([, name = '']) => name)

  const schemas = [ApiEnv, MigrateEnv, WorkerEnv, SandboxEnv, LocalEnv]
  const read = [...schemas.flatMap((schema) => Object.keys(schema.properties)), ...passwordVariables]

  expect([...new Set(listed)].toSorted()).toEqual([...new Set(read)].toSorted())
})

test.each(['18.20.0', '20.18.3', '4.0.0'])('Node %s is told to be too old, in one sentence', (version) => {
  expect(complainAboutNode(version)).toBe(
    `Tellwire needs Node 20.19 or newer, and this is ${version}: install a newer one from https://nodejs.org.`,
  )
})

test.each(['20.19.0', '22.0.0', '24.1.0'])('Node %s will do', (version) => {
  expect(complainAboutNode(version)).toBeUndefined()
})
