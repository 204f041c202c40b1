import { Ajv, type ErrorObject, type Options } from 'ajv'
import formats from 'ajv-formats'
import type { FastifySchemaCompiler } from 'fastify'
import type { TSchema } from 'typebox'
import { ApiError, type FieldError } from '../errors.js'

const errorsShownMax = 20

/** Bodies are taken as they are; everything else arrives as text and is converted. Unknown fields are errors. */
export function createValidatorCompiler(): FastifySchemaCompiler<TSchema> {
  const body = createAjv({ coerceTypes: false })
  const parameters = createAjv({ coerceTypes: true })
  return ({ schema, httpPart }) => (httpPart === 'body' ? body : parameters).compile(schema)
}

function createAjv(options: Options): Ajv {
  const ajv = new Ajv({
    allErrors: true,
    useDefaults: true,
    removeAdditional: false,
    strict: false,
    unicodeRegExp: true,
    ...options,
  })
  formats.default(ajv, ['uri'])
  ajv.addFormat('date-time', isDateTime)
  ajv.addFormat('iana-timezone', isTimezone)
  ajv.addKeyword({
    keyword: 'x-max-json-bytes',
    type: 'object',
    validate: (limit: number, value: unknown) => Buffer.byteLength(JSON.stringify(value)) <= limit,
    error: { message: ({ schema }) => `must not take more than ${String(schema)} bytes as JSON` },
  })
  ajv.addKeyword({
    keyword: 'x-max-bytes',
    type: 'string',
    validate: (limit: number, value: string) => Buffer.byteLength(value) <= limit,
    error: { message: ({ schema }) => `must not take more than ${String(schema)} bytes in UTF-8` },
  })
  return ajv
}

/** RFC 3339, as far as a `Date` can hold it: no leap seconds. */
function isDateTime(text: string): boolean {
  return (
    /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/.test(text) && !Number.isNaN(Date.parse(text))
  )
}

function isTimezone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return !/^[+-]/.test(name)
  } catch {
    return false
  }
}

const partNames: Record<string, string> = { body: 'body', querystring: 'query', params: 'path', headers: 'headers' }

export function toValidationError(failures: readonly ErrorObject[], part: string): ApiError {
  const errors = failures.filter(isTelling).slice(0, errorsShownMax).map(toFieldError)
  const first = errors[0]
  const detail = `The ${partNames[part] ?? part} is not valid: ${first ? `${first.pointer || 'the whole'} ${first.detail}` : 'see errors'}.`
  return new ApiError('invalid_request', detail, { errors })
}

/** A nullable field fails three times: as itself, as null, and as either. Only the first tells anything. */
function isTelling({ keyword, params }: ErrorObject): boolean {
  return keyword !== 'anyOf' && !(keyword === 'type' && (params as { type?: unknown }).type === 'null')
}

function toFieldError({ instancePath, keyword, params, message }: ErrorObject): FieldError {
  const values = params as Record<string, unknown>
  switch (keyword) {
    case 'required':
      return {
        pointer: `${instancePath}/${escapePointer(values['missingProperty'])}`,
        code: 'required',
        detail: 'is required',
      }
    case 'additionalProperties':
      return {
        pointer: `${instancePath}/${escapePointer(values['additionalProperty'])}`,
        code: 'unknown_field',
        detail: 'is not a known field',
      }
    case 'enum':
      return {
        pointer: instancePath,
        code: 'enum',
        detail: `must be one of ${(values['allowedValues'] as unknown[]).join(', ')}`,
      }
    default:
      return {
        pointer: instancePath,
        code: keyword.replace(/^x-/, '').replaceAll('-', '_'),
        detail: message ?? 'is not valid',
      }
  }
}

export function escapePointer(name: unknown): string {
  return String(name).toWellFormed().slice(0, 200).replaceAll('~', '~0').replaceAll('/', '~1')
}
