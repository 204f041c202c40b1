import { ApiError } from '../../errors.js'
import { compileSchema, toFieldErrors } from '../../http/validation.js'
import type { Posted } from './accept.js'
import { type NewBatch, NewNotification } from './schemas.js'

const isNewNotification = compileSchema(NewNotification, 'body')
const errorsShownMax = 20

/**
 * Checks each notification of a batch by itself.
 * @throws `invalid_request` where one of an atomic batch is malformed.
 */
export function readBatch({ notifications, atomic }: NewBatch): Posted[] {
  const posted = notifications.map(readOne)
  const errors = posted.flatMap((item, index) => ('refusal' in item ? pointInto(index, item.refusal) : []))
  if (!atomic || errors.length === 0) return posted
  throw new ApiError('invalid_request', 'Nothing was accepted: a notification of the batch is not valid.', {
    errors: errors.slice(0, errorsShownMax),
  })
}

function readOne(item: unknown): Posted {
  // The validator has checked it against the schema that the type comes from.
  if (isNewNotification(item)) return { input: item as NewNotification }
  const errors = toFieldErrors(isNewNotification.errors ?? [])
  return { refusal: new ApiError('invalid_request', 'The notification is not valid: see errors.', { errors }) }
}

/** The errors of one notification, as pointers into the whole batch. */
export function pointInto(index: number, { errors = [] }: ApiError) {
  return errors.map((error) => ({ ...error, pointer: `/notifications/${index}${error.pointer}` }))
}
