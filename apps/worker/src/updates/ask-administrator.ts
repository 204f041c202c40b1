import { unsealBotToken } from '@tellwire/domain'
import { classifyOutcome } from '@tellwire/telegram'
import type { WorkerContext } from '../context.js'
import type { UnknownMember } from './scope.js'

const timeoutMs = 5_000

/**
 * Asks Telegram whether a person is an administrator of a group.
 * @returns undefined where it does not say now; of whom it knows nothing, they are none.
 */
export async function askAdministrator(
  ctx: WorkerContext,
  botId: string,
  { chatId, personId }: UnknownMember,
): Promise<boolean | undefined> {
  const bot = await ctx.db.bot.findUniqueOrThrow({ where: { id: botId } })
  const token = unsealBotToken(ctx.sealer, bot)
  const params = { chat_id: chatId, user_id: personId }
  const outcome = await ctx.pollingApi.call(token, 'getChatMember', params, { timeoutMs })
  if (outcome.kind === 'ok') return ['creator', 'administrator'].includes(outcome.result.status)
  const meaning = classifyOutcome(outcome)
  ctx.log.info({ botId, outcome: meaning }, 'a member of a group was not found')
  return meaning.class === 'transient' || meaning.class === 'flood' ? undefined : false
}
