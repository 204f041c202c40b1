import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { definedStatements } from '@tellwire/db'
import { eventCatalogue, eventIdKinds } from '@tellwire/domain'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))

function productFiles(): string[] {
  return ['apps', 'packages', 'examples'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.test.ts'))
      .map((entry) => relative(root, join(entry.parentPath, entry.name)))
      .filter((file) => /^(apps|packages|examples)\/[^/]+\/src\//.test(file) && !file.includes('/generated/')),
  )
}

test('only packages/db/src/deliveries names the tables of deliveries in SQL', () => {
  const sql =
    /\b(?:FROM|JOIN|INTO|UPDATE|TABLE|USING)\s+"?(?:pending_deliveries|waiting_deliveries|deliveries|delivery_counts)\b/
  const elsewhere = productFiles().filter(
    (file) => !file.startsWith('packages/db/src/deliveries/') && sql.test(readFileSync(join(root, file), 'utf8')),
  )

  expect(productFiles().length).toBeGreaterThan(200)
  expect(elsewhere).toEqual([])
})

test('deliveries enter a lane, and leave it for good, at one place each', () => {
  const folder = 'packages/db/src/deliveries/'
  const having = (pattern: RegExp) =>
    productFiles().filter((file) => file.startsWith(folder) && pattern.test(readFileSync(join(root, file), 'utf8')))

  // The two places name the table in a variable.
  expect(having(/INSERT INTO (?:pending|waiting)_deliveries|DELETE FROM pending_deliveries/)).toEqual([])
  expect(having(/INSERT INTO \$\{table\}/)).toEqual([`${folder}join-lane.ts`])
  expect(having(/DELETE FROM \$\{table\}/)).toEqual([`${folder}end-deliveries.ts`])
})

test('every event that a statement writes is in the catalogue', () => {
  const types = definedStatements().flatMap(({ text }) =>
    [
      ...text.matchAll(/'((?:notification|broadcast|user|link|button|bot|message|command|chat|webhook)\.[a-z_]+)'/g),
    ].map(([, type = '']) => type),
  )

  expect(types.length).toBeGreaterThan(5)
  expect([...new Set(types)].filter((type) => !Object.hasOwn(eventCatalogue, type))).toEqual([])
})

test('every id in an event is of a known kind', () => {
  const kinds = Object.values(eventCatalogue).flatMap((schema) =>
    [...JSON.stringify(schema).matchAll(/"x-id-kind":"(\w+)"/g)].map(([, kind = '']) => kind),
  )
  const bare = Object.entries(eventCatalogue).flatMap(([type, { properties }]) =>
    Object.entries(properties)
      .filter(
        ([name, field]) =>
          name.endsWith('_id') &&
          name !== 'user_id' &&
          // Those of Telegram are numbers.
          !/"x-id-kind"|"type":"integer"/.test(JSON.stringify(field)),
      )
      .map(([name]) => `${type} ${name}`),
  )

  expect(kinds.filter((kind) => !(eventIdKinds as readonly string[]).includes(kind))).toEqual([])
  expect(bare).toEqual([])
})

test('no comment begins with a bare "What", and nobody reads process.env but config.ts and main.ts', () => {
  const files = productFiles().map((file) => ({ file, text: readFileSync(join(root, file), 'utf8') }))
  const bare = files.flatMap(({ file, text }) =>
    [...text.matchAll(/(?:\/\*\*|\/\/|^\s*\*) (What [^?]*?)(?:\.|\*\/|$)/gm)]
      .filter(
        ([, sentence = '']) =>
          !/^What (?:\w+ ){1,12}(?:is|are|was|were|has|have|holds|stays|goes|ends|leaves|becomes|takes|needs|waits|counts|may|can|cannot|changes|joins|comes|would|will|does|fails)\b/.test(
            sentence,
          ),
      )
      .map(([, sentence]) => `${file}: ${sentence}`),
  )

  expect(bare).toEqual([])
  expect(
    files
      .filter(
        ({ file, text }) =>
          text.includes('process.env') &&
          !/^packages\/testing\/|\/(config|main|migrate|issue-admin-key|rotate-secrets)\.ts$/.test(file),
      )
      .map(({ file }) => file),
  ).toEqual([])
})

test('SECURITY.md names tests that there are', () => {
  const text = readFileSync(join(root, 'SECURITY.md'), 'utf8')
  const named = [...text.matchAll(/`([^`]+\.test\.ts)`/g)].map(([, file = '']) => file)

  expect(named.length).toBeGreaterThan(10)
  expect(named.filter((file) => !existsSync(join(root, file)))).toEqual([])
})
