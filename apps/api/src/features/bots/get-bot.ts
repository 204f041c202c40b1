import type { TenantScope } from '@tellwire/domain'
import { findBot } from './find-bot.js'
import { showBot } from '../../bots/show-bot.js'

export async function getBot(scope: TenantScope, id: string) {
  return showBot(await findBot(scope, id))
}
