import type { Droppable } from './message.js'

/** By which a rich message is left out, and those after it. @param place among the rich messages of its text */
export function richAt(place: number): Droppable {
  return place === 0 ? 'rich' : `rich/${place}`
}

/** Whether it is about a rich message. */
export function isRich(part: Droppable): boolean {
  return part === 'rich' || part.startsWith('rich/')
}
