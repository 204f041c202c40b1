import type { TenantScope } from '@tellwire/domain'
import { refusal } from '../errors.js'
import { parseId } from '../http/ids.js'

/** @throws `reply_target_unknown`. Whether it was sent to the same chat is seen when this one is sent. */
export async function readReplyTo({ db, tenantId }: TenantScope, given: string): Promise<string> {
  const id = parseId('ntf', given)
  if (id !== undefined && (await db.notification.count({ where: { tenantId, id } })) > 0) return id
  throw refusal('reply_target_unknown', 'There is no such notification to reply to.', {
    pointer: '/reply_to',
    detail: 'is not a notification of yours',
  })
}
