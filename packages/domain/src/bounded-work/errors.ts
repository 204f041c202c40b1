import { TelegramParseError } from '@tellwire/format'
import { TemplateError } from '../templates/render-template.js'

/** An error as plain data: what crosses the border of a thread loses its class. */
export interface DescribedError {
  name: string
  message: string
  missing?: string[]
  index?: number | undefined
}

export function describeError(error: unknown): DescribedError {
  if (error instanceof TemplateError) return { name: error.name, message: error.message, missing: error.missing }
  if (error instanceof TelegramParseError) return { name: error.name, message: error.message, index: error.index }
  return error instanceof Error
    ? { name: error.name, message: error.message }
    : { name: 'Error', message: String(error) }
}

export function reviveError({ name, message, missing, index }: DescribedError): Error {
  switch (name) {
    case 'TemplateError':
      return new TemplateError(message, missing)
    case 'TelegramParseError':
      return new TelegramParseError(message, index)
    // By these it is known that the same would come of it again.
    case 'RangeError':
      return new RangeError(message)
    case 'TypeError':
      return new TypeError(message)
    default:
      return new Error(`${name}: ${message}`)
  }
}
