import { eventCatalogue } from '@tellwire/domain'
import { ApiError } from '../errors.js'

const known = Object.keys(eventCatalogue)

/**
 * A type that is misspelt would never be heard of.
 * @param pointerOf tells where a type stands, by its place. @throws `invalid_request`
 */
export function assertTypesExist(types: readonly string[], pointerOf: (index: number) => string): void {
  const errors = types.flatMap((type, index) => {
    const isKnown = type.endsWith('*') ? known.some((each) => each.startsWith(type.slice(0, -1))) : known.includes(type)
    return isKnown
      ? []
      : [{ pointer: pointerOf(index), code: 'unknown', detail: `names ${type}, which no event is of` }]
  })
  if (errors.length > 0) throw new ApiError('invalid_request', 'There are no such events.', { errors })
}
