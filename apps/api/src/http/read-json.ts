import { isUtf8 } from 'node:buffer'
import { ApiError } from '../errors.js'
import { escapePointer } from './validation.js'

const depthMax = 64
const valuesMax = 100_000
/** A body with more values than are taken has more bytes than this. */
const bytesUncounted = valuesMax

/**
 * A body as JSON. What Postgres could not store is refused here: bytes that are not UTF-8, U+0000 and
 * halves of surrogate pairs, in values and in names; and what would cost far more than its bytes to go through.
 */
export function readJson(body: Buffer): unknown {
  if (!isUtf8(body))
    throw new ApiError('invalid_encoding', 'The body is not valid UTF-8.', {
      errors: [{ pointer: '', code: 'invalid_encoding', detail: 'must be UTF-8' }],
    })
  if (body.length > bytesUncounted && hasMoreValues(body, valuesMax)) {
    throw invalid('', 'too_many', `must not hold more than ${valuesMax} values`)
  }
  let value: unknown
  try {
    value = JSON.parse(body.toString('utf8'))
  } catch (cause) {
    throw new ApiError('malformed_json', 'The body is not valid JSON.', {
      cause,
      errors: [{ pointer: '', code: 'malformed_json', detail: 'must be JSON' }],
    })
  }
  const fault = findFault(value, 0)
  if (fault) throw invalid(fault.names.map((name) => `/${escapePointer(name)}`).join(''), fault.code, fault.detail)
  return value
}

const [quote, backslash, comma, bracket, brace] = Buffer.from('"\\,[{')

/** Counts before parsing, because the parsed values can take a hundred times the memory of the bytes. */
function hasMoreValues(body: Buffer, max: number): boolean {
  let count = 1
  for (let index = 0; index < body.length; index++) {
    const byte = body[index]
    if (byte === quote) index = endOfString(body, index)
    else if ((byte === comma || byte === bracket || byte === brace) && ++count > max) return true
  }
  return false
}

function endOfString(body: Buffer, start: number): number {
  for (let end = body.indexOf(quote ?? 0, start + 1); end !== -1; end = body.indexOf(quote ?? 0, end + 1)) {
    let escapes = 0
    while (body[end - 1 - escapes] === backslash) escapes++
    if (escapes % 2 === 0) return end
  }
  return body.length
}

interface Fault {
  code: string
  detail: string
  /** The names and places that lead to it, from the outside in. */
  names: (string | number)[]
}

/** Finds the first value that cannot be stored. The way to it is put together on the way back, only where there is one. */
function findFault(value: unknown, depth: number): Fault | undefined {
  if (typeof value === 'string') return isStorable(value) ? undefined : notStorable
  if (typeof value !== 'object' || value === null) return undefined
  if (depth >= depthMax) {
    return { code: 'too_deep', detail: `must not be nested deeper than ${depthMax} levels`, names: [] }
  }
  return Array.isArray(value) ? findFaultOfItems(value, depth) : findFaultOfFields(value, depth)
}

function findFaultOfItems(items: readonly unknown[], depth: number): Fault | undefined {
  for (let index = 0; index < items.length; index++) {
    const fault = findFault(items[index], depth + 1)
    if (fault) return { ...fault, names: [index, ...fault.names] }
  }
  return undefined
}

function findFaultOfFields(object: object, depth: number): Fault | undefined {
  for (const [name, field] of Object.entries(object)) {
    const fault = isStorable(name) ? findFault(field, depth + 1) : notStorable
    if (fault) return { ...fault, names: [name, ...fault.names] }
  }
  return undefined
}

const notStorable: Fault = {
  code: 'not_storable',
  detail: 'must not hold U+0000 or half a surrogate pair',
  names: [],
}

function isStorable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed()
}

function invalid(pointer: string, code: string, detail: string): ApiError {
  return new ApiError('invalid_request', `The body is not valid: ${pointer || 'the whole'} ${detail}.`, {
    errors: [{ pointer, code, detail }],
  })
}
