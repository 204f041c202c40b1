import { readObject, type Transaction } from '@tellwire/db'
import type { NamedAnswer, QuestionAnswer, QuestionKey } from './question.js'

/** The answers that were given to questions that everybody is to answer, by the questions' ids, the first first. */
export async function findGivenAnswers(
  db: Transaction,
  tenantId: string,
  ids: readonly string[],
): Promise<Map<string, NamedAnswer[]>> {
  const rows = await db.questionAnswer.findMany({
    where: { tenantId, questionId: { in: [...ids] } },
    orderBy: { answeredAt: 'asc' },
  })
  const given = new Map<string, NamedAnswer[]>(ids.map((id) => [id, []]))
  // As they were kept when they were given.
  for (const { questionId, answer } of rows) given.get(questionId)?.push(readObject(answer) as unknown as NamedAnswer)
  return given
}

/** The same of one question. */
export async function findAnswersTo(db: Transaction, { tenantId, id }: QuestionKey): Promise<NamedAnswer[]> {
  return (await findGivenAnswers(db, tenantId, [id])).get(id) ?? []
}

/** Without the names that the question's messages show: as they are kept with the question when it ends. */
export function withoutNames(answers: readonly NamedAnswer[]): QuestionAnswer[] {
  return answers.map(({ name: _, ...answer }) => answer)
}
