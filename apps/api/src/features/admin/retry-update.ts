import { type InTransaction, nilUuid } from '@tellwire/db'
import { type AdminScope, recordAudit, wakeAfterCommit } from '@tellwire/domain'
import { HandleUpdates } from '@tellwire/jobs'
import { notFound } from '../../errors.js'
import { parseId } from '../../http/ids.js'
import { showUpdate } from './list-updates.js'

/** Lets an update be handled again that failed, or was given up. @throws `not_found` */
export async function retryUpdate(
  scope: InTransaction<AdminScope>,
  { bot_id: givenBotId, update_id: updateId }: { bot_id: string; update_id: string },
) {
  const botId = parseId('bot', givenBotId)
  if (botId === undefined || !/^\d{1,18}$/.test(updateId)) throw notFound('update')
  const [update] = await scope.db.update.updateManyAndReturn({
    where: { botId, updateId: BigInt(updateId), attempts: { gt: 0 } },
    data: { attempts: 0, retryAt: null, parkedAt: null },
  })
  if (!update) throw notFound('update')
  wakeAfterCommit(scope, HandleUpdates, { botId })
  const object = { type: 'update', id: `${givenBotId}/${updateId}` }
  await recordAudit(scope, { tenantId: nilUuid, action: 'update.retried', object })
  return showUpdate(update)
}
