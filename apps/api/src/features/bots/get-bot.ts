import type { TenantContext } from '../../context.js'
import { findBot } from './find-bot.js'
import { showBot } from './show-bot.js'

export async function getBot(ctx: TenantContext, id: string) {
  return showBot(await findBot(ctx, id))
}
