import { readAllowedUpdates } from './allowed-updates.js'
import type { Method } from './method.js'

export const getUpdates: Method = async ({ bot, parameters, polls, signal }) => {
  readAllowedUpdates(bot, parameters)
  const input = {
    offset: parameters.integer('offset'),
    limit: parameters.integer('limit', 100),
    timeout: parameters.integer('timeout'),
  }
  return { result: await polls.read(bot, input, signal) }
}
