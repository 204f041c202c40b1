import { unsealBotToken } from '@tellwire/domain'
import type { WorkerContext } from '../context.js'
import type { UnknownMember } from './scope.js'

const timeoutMs = 5_000

/** Asks Telegram whether a person is an administrator of a group. Where it does not say so, they are none. */
export async function askAdministrator(
  ctx: WorkerContext,
  botId: string,
  { chatId, personId }: UnknownMember,
): Promise<boolean> {
  const bot = await ctx.db.bot.findUniqueOrThrow({ where: { id: botId } })
  const token = unsealBotToken(ctx.sealer, bot)
  const params = { chat_id: chatId, user_id: personId }
  const outcome = await ctx.pollingApi.call(token, 'getChatMember', params, { timeoutMs })
  if (outcome.kind !== 'ok') ctx.log.info({ botId, outcome: outcome.kind }, 'a member of a group was not found')
  return outcome.kind === 'ok' && ['creator', 'administrator'].includes(outcome.result.status)
}
