import type { Database } from '../client.js'
import { blankAudit, type ProveErasure } from './blank-audit.js'
import { type Removal, type Stretch, stretchesOf } from './remove-rows.js'

/** A person who is erased, as others' rows name them. */
interface Mentioned extends Pick<Removal, 'removed' | 'beforeSlice'> {
  tenantId: string
  userId: string
  /** The person's connections, as they are shown. */
  shownIds: readonly string[]
  prove: ProveErasure
  /** Opens an answer that was kept sealed: JSON. */
  openKept: (kept: { tenantId: string; key: string; sealed: Uint8Array }) => unknown
}

const readAtOnce = 500

const [questions, keptAnswers] = [
  { name: 'questions', columns: new Set(['id']) },
  { name: 'idempotency_keys', columns: new Set(['key']) },
]

/** Elsewhere the person may be named too: in answers to questions, in kept answers of requests, in the audit. */
export async function eraseMentions(
  db: Database,
  { tenantId, userId, shownIds, prove, openKept, removed, beforeSlice }: Mentioned,
): Promise<void> {
  for await (const stretch of stretchesOf(db, questions, tenantId)) {
    await beforeSlice?.()
    await eraseFromQuestions(db, { tenantId, userId }, stretch)
  }
  const named = { user: userId, connections: shownIds }
  removed['idempotency_keys'] = await eraseSealedAnswers(db, { tenantId, userId, openKept, beforeSlice })
  for await (const { where, values } of stretchesOf(db, keptAnswers, tenantId)) {
    await beforeSlice?.()
    removed['idempotency_keys'] += await db.$executeRawUnsafe(
      `DELETE FROM idempotency_keys
       WHERE tenant_id = $1::uuid AND ${where(3)} AND result IS NOT NULL AND (
         ${isNamedIn('result', '$2')} OR jsonb_path_exists(result, '$.**.skipped[*] ? (@ == $user)', $2::jsonb)
       )`,
      tenantId,
      named,
      ...values,
    )
  }
  removed['audit_details'] = await blankAudit(db, {
    tenantId,
    where: `object_type = 'user' AND details::jsonb ->> 'object_id' = $2
      OR details::jsonb ->> 'object_id' = ANY ($3)
      OR ${isNamedIn('details::jsonb', '$4')}`,
    values: [userId, shownIds, named],
    prove,
    beforeSlice,
  })
}

/** SQL of whether a person is named anywhere in JSON, by the user's id or by that of a connection. */
function isNamedIn(json: string, named: string): string {
  return ['user_id ? (@ == $user)', 'user_ids[*] ? (@ == $user)', 'connection_id ? (@ == $connections[*])']
    .map((path) => `jsonb_path_exists(${json}, '$.**.${path}', ${named}::jsonb)`)
    .join(' OR ')
}

/** What others were asked too stays, without what the person answered: by name in what its messages say. */
async function eraseFromQuestions(
  db: Database,
  { tenantId, userId }: Pick<Mentioned, 'tenantId' | 'userId'>,
  { where, values }: Stretch,
): Promise<void> {
  const answered = `tenant_id = $1::uuid AND ${where(3)} AND answer IS NOT NULL AND (
    answer ->> 'user_id' = $2 OR answer @> jsonb_build_array(jsonb_build_object('user_id', $2::text))
  )`
  // Who has answered what stands in its lines: below the one that says how it ended, where not all have answered.
  await db.$executeRawUnsafe(
    `UPDATE notification_contents SET options = jsonb_set(options, '{outcome}', to_jsonb(CASE
       WHEN options ->> 'outcome' LIKE '✓%' THEN '✓' ELSE split_part(options ->> 'outcome', chr(10), 1)
     END))
     WHERE tenant_id = $1::uuid AND options ? 'outcome'
       AND notification_id = ANY (ARRAY(SELECT id FROM questions WHERE ${answered}))`,
    tenantId,
    userId,
    ...values,
  )
  await db.$executeRawUnsafe(
    `UPDATE questions SET answer = (
       SELECT jsonb_agg(a) FROM jsonb_array_elements(
         CASE jsonb_typeof(answer) WHEN 'array' THEN answer ELSE jsonb_build_array(answer) END
       ) a WHERE a ->> 'user_id' <> $2
     )
     WHERE ${answered}`,
    tenantId,
    userId,
    ...values,
  )
}

/** Of answers that hold a secret, no statement sees whom they are about. @returns how many were removed. */
async function eraseSealedAnswers(
  db: Database,
  { tenantId, userId, openKept, beforeSlice }: Pick<Mentioned, 'tenantId' | 'userId' | 'openKept' | 'beforeSlice'>,
): Promise<number> {
  let removed = 0
  let after = ''
  for (;;) {
    await beforeSlice?.()
    const found = await db.idempotencyKey.findMany({
      where: { tenantId, key: { gt: after }, resultSealed: { not: null } },
      orderBy: { key: 'asc' },
      take: readAtOnce,
      select: { key: true, resultSealed: true },
    })
    const about = found.filter(
      ({ key, resultSealed: sealed }) => sealed !== null && isAbout(openKept({ tenantId, key, sealed }), userId),
    )
    removed += (await db.idempotencyKey.deleteMany({ where: { tenantId, key: { in: about.map(({ key }) => key) } } }))
      .count
    const last = found.at(-1)
    if (found.length < readAtOnce || last === undefined) return removed
    after = last.key
  }
}

/** Whether a person is named anywhere in an answer. */
function isAbout(value: unknown, userId: string): boolean {
  if (typeof value !== 'object' || value === null) return false
  return Object.entries(value).some(
    ([name, inner]) => (name === 'user_id' && inner === userId) || isAbout(inner, userId),
  )
}
