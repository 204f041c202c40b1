import type { Prisma } from '@tellwire/db'
import { findGivenAnswers, type TenantScope } from '@tellwire/domain'
import { readIdCursor, toFoundPage } from '../../../http/cursors.js'
import { searchList } from '../../../http/search.js'
import type { QuestionListQuery } from './schemas.js'
import { isBeingAnswered, showQuestion } from './show-question.js'

/** Lists questions, newest first. */
export async function listQuestions({ db, tenantId }: TenantScope, { limit, cursor, status }: QuestionListQuery) {
  const list = ['questions', tenantId, status]
  const within: Prisma.QuestionWhereInput = { tenantId }
  const found = await searchList({
    limit,
    after: readIdCursor(list, cursor),
    order: 'desc',
    within,
    fitting: status === undefined ? [] : [{ status }],
    keyed: (id) => ({ id }),
    findKey: async (where, skip) =>
      (await db.question.findFirst({ where, orderBy: { id: 'desc' }, skip, select: { id: true } }))?.id,
    find: (where, take) => db.question.findMany({ where, orderBy: { id: 'desc' }, take }),
  })
  const open = found.rows.filter(isBeingAnswered).map(({ id }) => id)
  const given = open.length === 0 ? undefined : await findGivenAnswers(db, tenantId, open)
  return toFoundPage(
    found,
    limit,
    list,
    ({ id }) => id,
    (question) => showQuestion(question, given?.get(question.id)),
  )
}
