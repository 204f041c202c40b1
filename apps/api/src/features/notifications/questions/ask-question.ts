import { inTransaction } from '@tellwire/db'
import { answerAction, type AskedOptions, openQuestion, recordAudit, showId } from '@tellwire/domain'
import { refusal } from '../../../errors.js'
import type { TenantRequestScope } from '../../../context.js'
import { accept, orSentTwice } from '../accept.js'
import type { NewQuestion, QuestionView } from './schemas.js'
import { showAsked } from './show-question.js'

/** Asks: sends the notification that does so, and opens the question. @returns it as it was asked. @throws why it cannot be sent. */
export async function askQuestion(
  scope: TenantRequestScope,
  input: NewQuestion,
): Promise<{ question: QuestionView; isReplayed: boolean }> {
  const asked = readAsked(input)
  const { outcomes, isReplayed } = await accept(scope, [{ input: toNotification(input, asked), asked }], false)
  const [outcome] = outcomes
  if (!outcome || outcome instanceof Error) throw outcome ?? new Error('a question without a notification')
  const { id } = outcome
  const open = () =>
    inTransaction(scope, async (scope) => {
      const { db, tenantId } = scope
      // Somebody may have answered it by now, which opens it too.
      if (!(await openQuestion(db, { tenantId, id }, asked)) && isReplayed) return
      const object = { type: 'question', id: showId('qst', id) }
      const { expires_in: _, ...after } = { ...input, expires_at: asked.expires_at }
      await recordAudit(scope, { tenantId, action: 'question.asked', object, after })
    })
  await scope.gates.statements.pass(scope.tenantId, open).catch(orSentTwice(scope, id))
  return { question: await readAsAsked(scope, id, asked), isReplayed }
}

/** The question as it was when it was asked, whatever has become of it: who asks may not be who reads the answers. */
async function readAsAsked(
  { db, tenantId }: TenantRequestScope,
  id: string,
  asked: AskedOptions,
): Promise<QuestionView> {
  const stored = await db.question.findUnique({ where: { tenantId_id: { tenantId, id } } }).catch(() => null)
  const expiresAt = new Date(asked.expires_at)
  return showAsked(
    stored ?? { id, quorum: asked.quorum, defaultOption: asked.default ?? null, expiresAt, createdAt: new Date() },
  )
}

/** @throws for what is well formed and cannot be asked. */
function readAsked({ options, free_text, expires_in: seconds, default: byDefault, quorum }: NewQuestion): AskedOptions {
  if ((options === undefined) === (free_text === undefined)) {
    throw refusal('impossible_combination', 'A question has either options or free_text.', {
      pointer: '/options',
      detail: options ? 'cannot stand beside free_text' : 'is required, or free_text',
    })
  }
  for (const field of ['id', 'text'] as const) {
    const values = options?.map((option) => option[field]) ?? []
    const twice = values.findIndex((value, index) => values.indexOf(value) !== index)
    if (twice === -1) continue
    throw refusal('impossible_combination', `Each option has ${field === 'id' ? 'an id' : 'a text'} of its own.`, {
      pointer: `/options/${twice}/${field}`,
      detail: 'stands there already',
    })
  }
  if (byDefault !== undefined && !options?.some(({ id }) => id === byDefault)) {
    throw refusal('impossible_combination', 'The default is one of the options.', {
      pointer: '/default',
      detail: 'is none of the options',
    })
  }
  return {
    ...(options ? { options: options.map(({ id, text }) => ({ id, text })) } : {}),
    ...(free_text ? { free_text } : {}),
    ...(byDefault === undefined ? {} : { default: byDefault }),
    quorum,
    expires_at: new Date(Date.now() + seconds * 1_000).toISOString(),
  }
}

function toNotification({ to, text, format, options }: NewQuestion, { expires_at }: AskedOptions) {
  return {
    to,
    text,
    format,
    ...(options
      ? {
          buttons: options.map(({ id, text, style }) => [
            { text, action: answerAction, value: id, ...(style ? { style } : {}) },
          ]),
        }
      : {}),
    expires_at,
    priority: 'high' as const,
    on_unknown: 'resend' as const,
    if_not_connected: 'fail' as const,
    link_preview: 'auto' as const,
    overflow: 'split' as const,
    silent: false,
    protect: false,
  }
}
