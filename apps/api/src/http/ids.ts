import { type IdPrefix, parseId, showId } from '@tellwire/domain'
import Type from 'typebox'
import { notFound } from '../errors.js'

export { parseId, showId }

/** @throws `not_found` for an id of another kind or none at all. */
export function readId(prefix: IdPrefix, id: string, what: string): string {
  const uuid = parseId(prefix, id)
  if (uuid === undefined) throw notFound(what, '/id')
  return uuid
}

const exampleOf = (prefix: IdPrefix): string => `${prefix}_01kaj2n5q8e3xv4m6t9r0wzysd`

/** An id in an answer. */
export const ShownId = (prefix: IdPrefix, description: string) =>
  Type.String({ description, examples: [exampleOf(prefix)] })

/** An id in a path or a body: any string, so that a wrong one is answered like an unknown one. */
export const GivenId = (prefix: IdPrefix, description: string) =>
  Type.String({ maxLength: 200, description, examples: [exampleOf(prefix)] })

/** The path of one thing. */
export const IdParams = (prefix: IdPrefix, what: string) =>
  Type.Object({ id: GivenId(prefix, `The id of the ${what}.`) })
