import { assertTypesExist, isOfType } from '../../events/event-types.js'

/** Types of events that somebody asked for, such as `user.connected` or `notification.*`. */
export interface WantedTypes {
  /** As patterns of SQL's LIKE. */
  patterns: string[]
  has: (type: string) => boolean
}

/** @returns undefined for all types. @throws `invalid_request` where one of them is none. */
export function readWantedTypes(list: string | undefined): WantedTypes | undefined {
  if (list === undefined) return undefined
  const wanted = list.split(',')
  assertTypesExist(wanted, () => '/type')
  return {
    patterns: wanted.map((type) => type.replaceAll('_', '\\_').replace(/\*$/, '%')),
    has: (type) => wanted.some((each) => isOfType(type, each)),
  }
}

/** Whether something that people write is among the types. */
export function hears(types: WantedTypes | undefined): boolean {
  return types === undefined || types.has('message.received') || types.has('command.received')
}
