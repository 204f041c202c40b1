import type { Group, Person, SandboxBot } from '../state/types.js'
import { ControlError } from './control-error.js'
import type { Control } from './people-actions.js'

/** @throws {ControlError} 404 */
export function getBot({ world }: Control, username: string): SandboxBot {
  const bot = world.botByUsername(username)
  if (!bot) throw new ControlError(404, `there is no bot @${username}`)
  return bot
}

/** @throws {ControlError} 404 */
export function getPerson({ world }: Control, id: number): Person {
  const person = world.people.get(id)
  if (!person) throw new ControlError(404, `there is no person ${id}`)
  return person
}

/** @throws {ControlError} 404 */
export function getGroup({ world }: Control, id: number): Group {
  const group = world.groups.get(id)
  if (!group) throw new ControlError(404, `there is no group ${id}`)
  return group
}
