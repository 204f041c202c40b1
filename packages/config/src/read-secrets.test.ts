import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readSecretFiles } from './read-secrets.js'

test('takes a value from the file that is named', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tellwire-secret-'))
  writeFileSync(join(folder, 'key'), ' a/b#c \n')
  const env = readSecretFiles({ A_FILE: join(folder, 'key'), B: 'b', C_FILE: '' }, ['A', 'B', 'C'])
  rmSync(folder, { recursive: true })

  expect(env['A']).toBe('a/b#c')
  expect(env['B']).toBe('b')
  expect(env['C']).toBeUndefined()
})

test('says which variable is wrong, and no value', () => {
  expect(() => readSecretFiles({ A: 'secret', A_FILE: '/x' }, ['A'])).toThrow('A and A_FILE are both set')
  expect(() => readSecretFiles({ A_FILE: '/does/not/exist' }, ['A'])).toThrow(
    'A_FILE names a file that cannot be read (ENOENT)',
  )
})
