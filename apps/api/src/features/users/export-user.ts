import { exportUser as readExport, inTransaction } from '@tellwire/db'
import { recordAudit, type TenantScope } from '@tellwire/domain'
import { showId } from '../../http/ids.js'
import { getUser } from './get-user.js'

const countMax = 10_000

/** Shows everything that is held about a person. That it was asked for is noted. @throws `not_found` */
export async function exportUser(scope: TenantScope, userId: string) {
  return inTransaction(scope, async (scope) => {
    const { db, tenantId } = scope
    const user = await getUser(scope, userId)
    const links = await db.connectLink.findMany({
      where: { tenantId, userId },
      omit: { tokenHash: true, codeHash: true },
    })
    const topics = await db.topicSubscriber.findMany({ where: { tenantId, userId }, select: { topic: true } })
    const shownIds = user.connections.map(({ id }) => id)
    const { notifications, deliveries, events } = await readExport(db, { tenantId, userId, shownIds, countMax })
    await recordAudit(scope, { tenantId, action: 'user.exported', object: { type: 'user', id: userId } })
    return {
      user,
      links: links.map((link) => ({
        id: showId('lnk', link.id),
        status: link.status,
        account_label: link.accountLabel,
        locale: link.locale,
        created_at: link.createdAt,
      })),
      topics: topics.map(({ topic }) => topic.name),
      notifications: notifications.map((row) => withShownId('ntf', row)),
      deliveries: deliveries.map((row) => withShownId('dlv', row)),
      events: events.map((row) => withShownId('evt', row)),
      is_complete: [notifications, deliveries, events].every(({ length }) => length < countMax),
    }
  })
}

function withShownId(prefix: 'ntf' | 'dlv' | 'evt', { id, ...row }: Record<string, unknown>): Record<string, unknown> {
  return { id: showId(prefix, String(id)), ...row }
}
