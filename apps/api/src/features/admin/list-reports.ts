import type { AdminScope } from '@tellwire/domain'
import { readIdCursor, toPage } from '../../http/cursors.js'
import { showId } from '../../http/ids.js'
import type { AdminListQuery } from './schemas.js'
import type { ReportView } from './update-schemas.js'

/** Lists what people complained about, newest first. Who they are is not said: the chat is enough to look at it. */
export async function listReports({ db }: AdminScope, { limit, cursor }: AdminListQuery) {
  const list = ['reports']
  const after = readIdCursor(list, cursor)
  const reports = await db.report.findMany({
    where: after === undefined ? {} : { id: { lt: after } },
    orderBy: { id: 'desc' },
    take: limit + 1,
  })
  return toPage(
    reports,
    limit,
    list,
    ({ id }) => id,
    (report): ReportView => ({
      id: showId('rep', report.id),
      tenant_id: showId('ten', report.tenantId),
      bot_id: showId('bot', report.botId),
      chat_id: Number(report.chatId),
      created_at: report.createdAt.toISOString(),
    }),
  )
}
