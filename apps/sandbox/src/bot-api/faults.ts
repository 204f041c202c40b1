import type { Fault } from '../state/types.js'
import type { World } from '../state/world.js'

/** The first fault that fits a call, counted down. */
export function takeFault(world: World, call: { bot: string; method: string; chatId: string }): Fault | undefined {
  const matches = (wanted: string | undefined, actual: string) =>
    wanted === undefined || wanted.toLowerCase() === actual.toLowerCase()
  const fault = world.faults.find(
    (candidate) =>
      matches(candidate.bot, call.bot) &&
      matches(candidate.method, call.method) &&
      matches(candidate.chat_id, call.chatId),
  )
  if (!fault) return undefined
  fault.times--
  if (fault.times <= 0) world.faults = world.faults.filter((candidate) => candidate !== fault)
  return fault
}

const descriptions: Record<number, string> = {
  400: 'Bad Request: MESSAGE_INVALID',
  401: 'Unauthorized',
  403: 'Forbidden: bot was blocked by the user',
  404: 'Not Found',
  409: 'Conflict: terminated by other getUpdates request; make sure that only one bot instance is running',
  500: 'Internal Server Error: restart',
}

export function describeStatus(fault: Fault, status: number): string {
  if (fault.description !== undefined) return fault.description
  if (status === 429) return `Too Many Requests: retry after ${fault.retry_after ?? 1}`
  return descriptions[status] ?? `Bad Request: fault ${status}`
}
