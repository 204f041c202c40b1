import { findVariableFaults, type TemplateContent } from '@tellwire/domain'
import { ApiError } from '../errors.js'

/** @throws `variables_invalid`, with a pointer to each variable that does not fit the template's schema. */
export function assertVariables(content: TemplateContent, variables: Record<string, unknown>, pointer: string): void {
  const faults = content.schema ? findVariableFaults(content.schema, variables) : []
  if (faults.length === 0) return
  throw new ApiError('variables_invalid', "The variables do not fit the template's schema.", {
    errors: faults.map((fault) => ({
      pointer: `${pointer}${fault.pointer}`,
      code: 'variables_invalid',
      detail: fault.detail,
    })),
  })
}
