import { isUtf8 } from 'node:buffer'
import { ApiError } from '../errors.js'
import { escapePointer } from './validation.js'

const depthMax = 64

/**
 * A body as JSON. What Postgres could not store is refused here: bytes that are not UTF-8, U+0000 and
 * halves of surrogate pairs, in values and in names.
 */
export function readJson(body: Buffer): unknown {
  if (!isUtf8(body))
    throw new ApiError('invalid_encoding', 'The body is not valid UTF-8.', {
      errors: [{ pointer: '', code: 'invalid_encoding', detail: 'must be UTF-8' }],
    })
  let value: unknown
  try {
    value = JSON.parse(body.toString('utf8'))
  } catch (cause) {
    throw new ApiError('malformed_json', 'The body is not valid JSON.', {
      cause,
      errors: [{ pointer: '', code: 'malformed_json', detail: 'must be JSON' }],
    })
  }
  assertStorable(value, '', 0)
  return value
}

function assertStorable(value: unknown, pointer: string, depth: number): void {
  if (typeof value === 'string') {
    if (value.includes('\0') || !value.isWellFormed())
      throw invalid(pointer, 'not_storable', 'must not hold U+0000 or half a surrogate pair')
  } else if (typeof value === 'object' && value !== null) {
    if (depth >= depthMax) throw invalid(pointer, 'too_deep', `must not be nested deeper than ${depthMax} levels`)
    for (const [name, item] of Object.entries(value)) {
      const itemPointer = `${pointer}/${escapePointer(name)}`
      assertStorable(name, itemPointer, depth)
      assertStorable(item, itemPointer, depth + 1)
    }
  }
}

function invalid(pointer: string, code: string, detail: string): ApiError {
  return new ApiError('invalid_request', `The body is not valid: ${pointer || 'the whole'} ${detail}.`, {
    errors: [{ pointer, code, detail }],
  })
}
