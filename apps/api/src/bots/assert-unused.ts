import { countWaitingOfBot, type InTransaction } from '@tellwire/db'
import type { AdminScope } from '@tellwire/domain'
import type { Needs } from '../context.js'
import { ApiError } from '../errors.js'

/** @param tenantId whose use counts; undefined for everybody's. @throws `bot_in_use`, which says how much there is. */
export async function assertUnused(
  { db, engine }: InTransaction<AdminScope & Needs<'engine'>>,
  bot: { id: string },
  tenantId?: string,
): Promise<void> {
  const ofTenant = tenantId === undefined ? {} : { tenantId }
  const connections = await db.connection.count({
    where: { botId: bot.id, ...ofTenant, status: { in: ['active', 'blocked'] } },
  })
  const waiting = await countWaitingOfBot(engine, bot.id, tenantId)
  if (connections === 0 && waiting === 0) return
  throw new ApiError(
    'bot_in_use',
    `${counted(connections, 'connection')} would end, and ${counted(waiting, 'message')} that ${waiting === 1 ? 'waits' : 'wait'} would fail.`,
    { extensions: { connections, waiting } },
  )
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`
}
