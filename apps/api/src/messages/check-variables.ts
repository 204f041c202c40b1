import type { TemplateContent } from '@tellwire/domain'
import { Ajv, type ValidateFunction } from 'ajv'
import { ApiError } from '../errors.js'

const kept = new Map<string, ValidateFunction>()
const keptMax = 500

/** @throws `variables_invalid`, with a pointer to each variable that does not fit the template's schema. */
export function assertVariables(content: TemplateContent, variables: Record<string, unknown>, pointer: string): void {
  if (!content.schema) return
  const validate = compile(content.schema)
  if (isValid(validate, variables, pointer)) return
  const errors = (validate.errors ?? []).map(({ instancePath, message, params, keyword }) => ({
    pointer: `${pointer}${instancePath}${keyword === 'required' ? `/${String(params['missingProperty'])}` : ''}`,
    code: 'variables_invalid',
    detail: message ?? 'is not valid',
  }))
  throw new ApiError('variables_invalid', "The variables do not fit the template's schema.", { errors })
}

/** A schema that refers to itself without end is nothing that variables could fit. */
function isValid(validate: ValidateFunction, variables: Record<string, unknown>, pointer: string): boolean {
  try {
    return validate(variables)
  } catch (cause) {
    throw new ApiError('variables_invalid', "The variables cannot be held against the template's schema.", {
      cause,
      errors: [{ pointer, code: 'variables_invalid', detail: 'cannot be checked' }],
    })
  }
}

/** Patterns are expressions that may take for ever on the wrong text; a schema is no place to run them. */
const refused = ['$async', 'pattern', 'patternProperties']

function assertHarmless(schema: unknown): void {
  if (Array.isArray(schema)) schema.forEach(assertHarmless)
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) return
  for (const [name, inner] of Object.entries(schema)) {
    // Under these the names are those of variables.
    if (name === 'properties' || name === 'definitions' || name === '$defs') {
      if (typeof inner === 'object' && inner !== null) Object.values(inner).forEach(assertHarmless)
    } else {
      if (refused.includes(name)) throw new Error(`${name} is not supported`)
      assertHarmless(inner)
    }
  }
}

/** @throws what is wrong with a schema. */
export function compile(schema: Record<string, unknown>): ValidateFunction {
  const key = JSON.stringify(schema)
  const known = kept.get(key)
  if (known) return known
  assertHarmless(schema)
  // A compiler for each: schemas of different tenants may have the same `$id`.
  const validate = new Ajv({ allErrors: true, strict: false, validateFormats: false }).compile(schema)
  kept.set(key, validate)
  const [oldest] = kept.keys()
  if (kept.size > keptMax && oldest !== undefined) kept.delete(oldest)
  return validate
}
