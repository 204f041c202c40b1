import { readObject } from '@tellwire/db'
import type { MessageContent, MessageStep } from '@tellwire/domain'
import {
  captionLengthMax,
  codePointLength,
  type FormattedText,
  messageLengthMax,
  renderPreview,
  renderRichPreview,
  type RichBlock,
  richLimits,
} from '@tellwire/format'
import { refusal } from '../../errors.js'
import { escapePointer } from '../../http/validation.js'
import { assertLength } from '../../messages/check-length.js'
import { findTemplate } from '../../messages/find-template.js'
import { readMessage } from '../../messages/read-message.js'
import { onTemplate, planGiven, renderGiven, type RenderingScope } from '../../messages/render-given.js'
import type { RenderRequest } from './schemas.js'

/** Shows what would be sent, without sending it. */
export async function renderMessage(scope: RenderingScope, { user_id: userId, ...input }: RenderRequest) {
  const message = await readMessage(scope, input, userId === undefined ? [] : [userId])
  const content = await withTemplateText(scope, input, message, userId)
  const pointer = input.template ? '/template' : '/text'
  const rendered = await renderGiven(scope, content, pointer)
  assertLength(rendered, content.options)
  const steps = await planGiven(scope, content, pointer)
  return {
    text: rendered.text,
    entities: rendered.entities,
    length: codePointLength(rendered.text),
    parts: steps.map(showPart),
    warnings: [
      ...rendered.warnings,
      ...(await warnOfDialect(scope, content, rendered)),
      ...warnOfLength(rendered.text),
    ],
    html: renderPreview(rendered),
  }
}

function showPart({ method, params, shown, media }: MessageStep) {
  const part = { method, ...shown, length: codePointLength(shown.text), attachments: media.length }
  if (method === 'sendRichMessage') {
    const { blocks } = params['rich_message'] as { blocks: RichBlock[] }
    return { ...part, length_max: richLimits.characters, blocks, html: renderRichPreview(blocks) }
  }
  const lengthMax = method === 'sendMessage' ? messageLengthMax : captionLengthMax
  return { ...part, length_max: lengthMax, html: renderPreview(shown) }
}

/** What is read otherwise than CommonMark has it is told, so that nobody wonders. */
async function warnOfDialect(
  scope: RenderingScope,
  { text, format, values, options }: MessageContent,
  written: FormattedText,
): Promise<{ code: string; message: string }[]> {
  if (format !== 'markdown') return []
  const letter = await renderGiven(scope, { text, format: 'commonmark', values, options })
  const isSame = letter.text === written.text && JSON.stringify(letter.entities) === JSON.stringify(written.entities)
  const message = 'CommonMark to the letter reads it otherwise; "format": "commonmark" would'
  return isSame ? [] : [{ code: 'differs_from_commonmark', message }]
}

/** Telegram does not say how its servers count: a message may be too long for them that is not by its own rules. */
function warnOfLength(text: string): { code: string; message: string }[] {
  if (text.length <= messageLengthMax || codePointLength(text) > messageLengthMax) return []
  return [{ code: 'many_wide_characters', message: `It has ${text.length} UTF-16 units, which may be too long` }]
}

async function withTemplateText(
  scope: RenderingScope,
  input: RenderRequest,
  message: MessageContent,
  userId: string | undefined,
): Promise<MessageContent> {
  if (!input.template) return message
  const { db, tenantId, boundedWork } = scope
  const { content, use } = await findTemplate(scope, input.template)
  const user =
    userId === undefined ? null : await db.user.findUnique({ where: { tenantId_userId: { tenantId, userId } } })
  const reader = {
    userId: userId ?? '',
    attributes: readObject(user?.attributes),
    locales: [use.locale, user?.locale],
    timezone: user?.timezone,
  }
  const filled = boundedWork.run(tenantId, 'renderTemplate', { content, variables: use.variables, reader })
  const rendered = await onTemplate(filled, '/template', ({ message: reason, missing: [missing] }) =>
    refusal('variables_invalid', `The template cannot be filled in: ${reason}.`, {
      pointer: missing === undefined ? '/template/variables' : `/template/variables/${escapePointer(missing)}`,
      detail: missing === undefined ? reason : 'is not given',
    }),
  )
  return { format: content.format, ...rendered, options: message.options }
}
