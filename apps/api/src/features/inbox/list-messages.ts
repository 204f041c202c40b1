import { idTime, readInbox, tallyDeliveries } from '@tellwire/db'
import type { TenantScope } from '@tellwire/domain'
import type { Needs } from '../../context.js'
import { readIdCursor, toPage } from '../../http/cursors.js'
import { showId } from '../../http/ids.js'
import { countFitting } from '../../views/count-fitting.js'
import { findConnection } from './find-connection.js'
import type { InboxMessageView, MessageListQuery } from './schemas.js'
import { showHeard } from './show-message.js'

/** Lists what was written and answered in a chat, newest first. @throws `not_found` */
export async function listMessages(
  scope: TenantScope & Needs<'listening'>,
  connectionId: string,
  { limit, cursor }: MessageListQuery,
) {
  const { db, tenantId, listening } = scope
  listening.note(tenantId)
  await findConnection(scope, connectionId)
  const list = ['chat messages', tenantId, connectionId]
  const entries = await readInbox(db, { tenantId, connectionId, before: readIdCursor(list, cursor), limit: limit + 1 })
  const ids = entries.slice(0, limit).map(({ id }) => id)
  const shownMax = await countFitting(scope, ids)
  const page = toPage(
    entries,
    shownMax,
    list,
    ({ id }) => id,
    (entry) => entry,
  )
  const answerIds = page.data.flatMap(({ id, event }) => (event ? [] : [id]))
  const answers = await readAnswers(scope, answerIds)
  return { ...page, data: page.data.flatMap((entry) => showHeard(entry) ?? answers.get(entry.id) ?? []) }
}

/** Reads what was answered, by the ids of the notifications. */
async function readAnswers(
  { db, tenantId }: TenantScope,
  ids: readonly string[],
): Promise<ReadonlyMap<string, InboxMessageView>> {
  if (ids.length === 0) return new Map()
  const [contents, tallies] = await Promise.all([
    db.notificationContent.findMany({
      where: { tenantId, notificationId: { in: [...ids] } },
      select: { notificationId: true, text: true },
    }),
    tallyDeliveries(db, tenantId, { single: ids, broadcasts: [] }),
  ])
  return new Map(
    ids.map((id) => [
      id,
      {
        id: showId('ntf', id),
        direction: 'out',
        text: contents.find(({ notificationId }) => notificationId === id)?.text ?? '',
        status: tallies.find(({ notificationId }) => notificationId === id)?.status ?? null,
        sent_at: new Date(idTime(id)).toISOString(),
      },
    ]),
  )
}
