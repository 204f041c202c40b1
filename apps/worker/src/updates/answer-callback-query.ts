import { unsealBotToken } from '@tellwire/domain'
import type { WorkerContext } from '../context.js'

/**
 * Tells Telegram that a press was heard, over connections that no send waits for. It is only for the looks: a
 * press that is not answered was heard as well.
 */
export async function answerCallbackQuery(
  ctx: WorkerContext,
  botId: string,
  { queryId, text }: { queryId: string; text: string | undefined },
): Promise<void> {
  try {
    const bot = await ctx.db.bot.findUniqueOrThrow({ where: { id: botId } })
    const token = unsealBotToken(ctx.sealer, bot)
    const outcome = await ctx.pollingApi.call(token, 'answerCallbackQuery', {
      callback_query_id: queryId,
      ...(text === undefined ? {} : { text }),
    })
    if (outcome.kind !== 'ok') ctx.log.info({ botId, outcome: outcome.kind }, 'a press was not answered')
  } catch (error) {
    ctx.log.warn({ err: error, botId }, 'a press was not answered')
  }
}
