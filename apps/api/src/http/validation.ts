import { Ajv, type ErrorObject, type Options, type ValidateFunction } from 'ajv'
import formats from 'ajv-formats'
import type { TSchema } from 'typebox'
import { ApiError, type FieldError } from '../errors.js'
import type { FieldCode } from '../problems.js'
import { isDateTime, isLocale, isTimezone } from '@tellwire/domain'
import { mapSchema, withOptionalDefaults } from './map-schema.js'

const errorsShownMax = 20

/**
 * Check parts of requests. Bodies are taken as they are; everything else arrives as text and is converted.
 * `first` ends at the first mistake, and looks at the length of a list before its items; `all` collects mistakes.
 */
const ajvOf = {
  body: { first: createAjv({ coerceTypes: false }), all: createAjv({ coerceTypes: false, allErrors: true }) },
  parameters: { first: createAjv({ coerceTypes: true }), all: createAjv({ coerceTypes: true, allErrors: true }) },
}

function createAjv(options: Options): Ajv {
  const ajv = new Ajv({
    useDefaults: true,
    removeAdditional: false,
    strict: false,
    unicodeRegExp: true,
    verbose: true,
    ...options,
  })
  formats.default(ajv, ['uri', 'uuid'])
  ajv.addFormat('date-time', isDateTime)
  ajv.addFormat('date', (text: string) => isDateTime(`${text}T00:00:00Z`))
  ajv.addFormat('iana-timezone', isTimezone)
  ajv.addFormat('locale', isLocale)
  ajv.addKeyword({
    keyword: 'x-max-json-bytes',
    type: 'object',
    validate: (limit: number, value: unknown) => Buffer.byteLength(JSON.stringify(value)) <= limit,
  })
  ajv.addKeyword({
    keyword: 'x-max-bytes',
    type: 'string',
    validate: (limit: number, value: string) => Buffer.byteLength(value) <= limit,
  })
  return ajv
}

/** Tells whether a part of a request fits its schema, and fills in the fields that were left out and have a default. */
export interface Validator {
  (value: unknown): boolean
  /** What is wrong with the value that was checked last. */
  errors?: ErrorObject[] | null
}

/** Of a value with more inner values than this only the first mistake is looked for. */
const valuesCollectedMax = 1_000

/** Compiles a schema when it is used first: all of them at once would take most of a start. All mistakes are told of a part that a person may have written; of one that is huge, the first. */
export function compileSchema(schema: TSchema, part: 'body' | 'parameters'): Validator {
  const { first, all } = ajvOf[part]
  const plain = nameless(withOptionalDefaults(schema)) as TSchema
  let fits: ValidateFunction | undefined
  let collects: ValidateFunction | undefined
  const validator: Validator = (value) => {
    fits ??= first.compile(plain)
    if (fits(value)) return true
    validator.errors = fits.errors ?? []
    if (countValues(value, valuesCollectedMax) <= valuesCollectedMax) {
      collects ??= all.compile(plain)
      collects(value)
      validator.errors = collects.errors ?? validator.errors
    }
    return false
  }
  return validator
}

/** Counts the values inside of a value, up to a little more than `max`. */
function countValues(value: unknown, max: number): number {
  if (typeof value !== 'object' || value === null) return 1
  let count = 1
  for (const inner of Array.isArray(value) ? value : Object.values(value)) {
    count += countValues(inner, max - count)
    if (count > max) break
  }
  return count
}

/**
 * Without the names that schemas have in the reference, under which a validator would look for one schema only; and
 * what the operation checks by itself (`x-checked-apart`) is anything.
 */
function nameless(schema: unknown): unknown {
  return mapSchema(schema, ({ $id: _, 'x-checked-apart': isCheckedApart, ...rest }) => (isCheckedApart ? {} : rest))
}

const partNames: Record<string, string> = { body: 'body', querystring: 'query', params: 'path', headers: 'headers' }

export function toValidationError(failures: readonly ErrorObject[], part: string): ApiError {
  const errors = toFieldErrors(failures)
  const first = errors[0]
  const detail = `The ${partNames[part] ?? part} is not valid: ${first ? `${first.pointer || 'the whole'} ${first.detail}` : 'see errors'}.`
  return new ApiError('invalid_request', detail, { errors })
}

/** Tells whoever sent the request about what a validator found. */
export function toFieldErrors(failures: readonly ErrorObject[]): FieldError[] {
  return failures.filter(isTelling).map(toFieldError).filter(isFirstOfItsKind).slice(0, errorsShownMax)
}

/**
 * A nullable field fails three times: as itself, as null, and as either. Of several fields one of which is needed
 * each fails, and so does the whole, which says it best.
 */
function isTelling({ keyword, params, schemaPath, parentSchema, propertyName }: ErrorObject): boolean {
  // A name that is not allowed fails as a name and for its reason; the one for the name says which it is.
  if (propertyName !== undefined) return false
  if (keyword === 'anyOf') return parentSchema?.['x-form'] !== undefined
  if (keyword === 'required' && /\/anyOf\/\d+\/required$/.test(schemaPath)) return false
  return !(keyword === 'type' && params['type'] === 'null')
}

function isFirstOfItsKind({ pointer, detail }: FieldError, index: number, all: FieldError[]): boolean {
  return all.findIndex((other) => other.pointer === pointer && other.detail === detail) === index
}

const typeNames: Record<string, string> = {
  array: 'a list',
  boolean: 'true or false',
  integer: 'a whole number',
  null: 'null',
  number: 'a number',
  object: 'an object',
  string: 'a text',
}

const formatNames: Record<string, string> = {
  'date-time': 'a time that exists, such as 2026-11-21T18:00:00.000Z',
  date: 'a day that exists, such as 2026-11-21',
  'iana-timezone': 'a time zone, such as Europe/Vienna',
  locale: 'a language tag, such as de-AT',
  uri: 'a URL',
}

type Describe = (limit: unknown, params: Record<string, unknown>) => { code: FieldCode; detail: string }

/** By the keyword of JSON Schema that failed: our code for it, and what to say. */
const failuresOf: Record<string, Describe> = {
  enum: (_, { allowedValues }) => ({
    code: 'not_allowed',
    detail: `must be one of ${(allowedValues as unknown[]).join(', ')}`,
  }),
  const: (value) => ({ code: 'not_allowed', detail: `must be ${JSON.stringify(value)}` }),
  type: (type) => ({ code: 'wrong_type', detail: `must be ${typeNames[String(type)] ?? String(type)}` }),
  format: (format) => ({ code: 'wrong_format', detail: `must be ${formatNames[String(format)] ?? 'of another form'}` }),
  minLength: (limit) => ({ code: 'too_short', detail: `must have at least ${count(limit, 'character')}` }),
  maxLength: (limit) => ({ code: 'too_long', detail: `must have at most ${count(limit, 'character')}` }),
  'x-max-bytes': (limit) => ({ code: 'too_long', detail: `must take at most ${count(limit, 'byte')} in UTF-8` }),
  'x-max-json-bytes': (limit) => ({ code: 'too_long', detail: `must take at most ${count(limit, 'byte')} as JSON` }),
  minimum: (limit) => ({ code: 'too_small', detail: `must be at least ${String(limit)}` }),
  maximum: (limit) => ({ code: 'too_large', detail: `must be at most ${String(limit)}` }),
  minItems: (limit) => ({ code: 'too_few', detail: `must have at least ${count(limit, 'item')}` }),
  maxItems: (limit) => ({ code: 'too_many', detail: `must have at most ${count(limit, 'item')}` }),
  minProperties: (limit) => ({ code: 'too_few', detail: `must have at least ${count(limit, 'field')}` }),
  maxProperties: (limit) => ({ code: 'too_many', detail: `must have at most ${count(limit, 'field')}` }),
  uniqueItems: (_, { i, j }) => ({
    code: 'duplicate',
    detail: `must not have an item twice: the items ${String(j)} and ${String(i)} are the same`,
  }),
  anyOf: () => ({ code: 'required', detail: 'is incomplete' }),
}

function count(limit: unknown, what: string): string {
  return `${String(limit)} ${what}${limit === 1 ? '' : 's'}`
}

function toFieldError({ instancePath, keyword, params, schema, parentSchema }: ErrorObject): FieldError {
  const values: Record<string, unknown> = params
  if (keyword === 'required') {
    const pointer = `${instancePath}/${escapePointer(values['missingProperty'])}`
    return { pointer, code: 'required', detail: 'is required' }
  }
  if (keyword === 'additionalProperties') {
    const pointer = `${instancePath}/${escapePointer(values['additionalProperty'])}`
    return { pointer, code: 'unknown_field', detail: 'is not a known field' }
  }
  if (keyword === 'propertyNames') {
    const pointer = `${instancePath}/${escapePointer(values['propertyName'])}`
    const { format }: { format?: unknown } = Object(schema)
    return { pointer, code: 'wrong_format', detail: `must be ${formatNames[String(format)] ?? 'of another form'}` }
  }
  const described = failuresOf[keyword]?.(schema, values) ?? { code: 'wrong_form', detail: 'is not of the right form' }
  const form: unknown = parentSchema?.['x-form']
  const isAboutForm = keyword === 'pattern' || keyword === 'not' || keyword === 'anyOf'
  return {
    pointer: keyword === 'anyOf' ? `${instancePath}${String(parentSchema?.['x-pointer'] ?? '')}` : instancePath,
    code: described.code,
    detail: isAboutForm && typeof form === 'string' ? form : described.detail,
  }
}

export function escapePointer(name: unknown): string {
  return String(name).slice(0, 200).toWellFormed().replaceAll('~', '~0').replaceAll('/', '~1')
}
