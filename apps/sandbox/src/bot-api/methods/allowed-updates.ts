import type { SandboxBot } from '../../state/types.js'
import { knownKinds } from '../../updates/update-queue.js'
import type { Parameters } from '../parameters.js'

/** Absent or unreadable: what was set before stays. Nothing that is known: the default set. */
export function readAllowedUpdates(bot: SandboxBot, parameters: Parameters): void {
  if (!parameters.has('allowed_updates')) return
  try {
    const value = JSON.parse(parameters.text('allowed_updates')) as unknown
    if (!Array.isArray(value)) return
    const kinds = value.filter((kind): kind is string => typeof kind === 'string' && knownKinds.has(kind))
    bot.allowedUpdates = kinds.length > 0 ? kinds : undefined
  } catch {
    // As if it were absent.
  }
}
