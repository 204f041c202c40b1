import type { TemplateContent } from '@tellwire/domain'
import { Ajv, type ValidateFunction } from 'ajv'
import { ApiError } from '../errors.js'

const kept = new Map<string, ValidateFunction>()
const keptMax = 500

/** @throws `variables_invalid`, with a pointer to each variable that does not fit the template's schema. */
export function assertVariables(content: TemplateContent, variables: Record<string, unknown>, pointer: string): void {
  if (!content.schema) return
  const validate = compile(content.schema)
  if (validate(variables)) return
  const errors = (validate.errors ?? []).map(({ instancePath, message, params, keyword }) => ({
    pointer: `${pointer}${instancePath}${keyword === 'required' ? `/${String((params as { missingProperty: string }).missingProperty)}` : ''}`,
    code: 'variables_invalid',
    detail: message ?? 'is not valid',
  }))
  throw new ApiError('variables_invalid', "The variables do not fit the template's schema.", { errors })
}

/** @throws what the compiler says of a schema that is none. */
export function compile(schema: Record<string, unknown>): ValidateFunction {
  const key = JSON.stringify(schema)
  const known = kept.get(key)
  if (known) return known
  // A compiler for each: schemas of different tenants may have the same `$id`.
  const validate = new Ajv({ allErrors: true, strict: false, validateFormats: false }).compile(schema)
  kept.set(key, validate)
  const [oldest] = kept.keys()
  if (kept.size > keptMax && oldest !== undefined) kept.delete(oldest)
  return validate
}
