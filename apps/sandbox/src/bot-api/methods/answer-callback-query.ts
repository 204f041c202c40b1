import { codePointLength } from '@tellwire/format'
import { badRequest } from '../telegram-error.js'
import type { Method } from './method.js'

const textMax = 200

export const answerCallbackQuery: Method = ({ world, bot, parameters, answers }) => {
  const query = answers.get(parameters.text('callback_query_id'))
  if (
    !query ||
    query.botId !== bot.id ||
    query.isAnswered ||
    Date.now() - query.atMs > world.limits.press_seconds * 1_000
  ) {
    throw badRequest('query is too old and response timeout expired or query ID is invalid')
  }
  const text = parameters.text('text')
  if (codePointLength(text) > textMax) throw badRequest('MESSAGE_TOO_LONG')
  query.isAnswered = true
  query.text = text === '' ? undefined : text
  return { result: true }
}
