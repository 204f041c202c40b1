import { eventCatalogue } from '@tellwire/domain'
import { ApiError } from '../errors.js'

const known = Object.keys(eventCatalogue)

/** Whether an event's type is one that was asked for: it, or one of a family such as `notification.*`. */
export function isOfType(type: string, asked: string): boolean {
  return asked.endsWith('*') ? type.startsWith(asked.slice(0, -1)) : type === asked
}

/**
 * A type that is misspelt would never be heard of.
 * @param pointerOf tells where a type stands, by its place. @throws `invalid_request`
 */
export function assertTypesExist(types: readonly string[], pointerOf: (index: number) => string): void {
  const errors = types.flatMap((type, index) =>
    known.some((each) => isOfType(each, type))
      ? []
      : [{ pointer: pointerOf(index), code: 'unknown', detail: `names ${type}, which no event is of` }],
  )
  if (errors.length > 0) throw new ApiError('invalid_request', 'There are no such events.', { errors })
}
