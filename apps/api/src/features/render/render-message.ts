import { readObject } from '@tellwire/db'
import { type MessageContent, planMessage, renderTemplate, TemplateError, type TenantScope } from '@tellwire/domain'
import { captionLengthMax, codePointLength, messageLengthMax, renderPreview } from '@tellwire/format'
import { refusal } from '../../errors.js'
import { assertLength } from '../../messages/check-length.js'
import { findTemplate } from '../../messages/find-template.js'
import { readMessage, renderGiven } from '../../messages/read-message.js'
import type { RenderRequest } from './schemas.js'

/** Shows what would be sent, without sending it. */
export async function renderMessage(scope: TenantScope, { user_id: userId, ...input }: RenderRequest) {
  const message = await readMessage(scope, input, userId === undefined ? [] : [userId])
  const content = await withTemplateText(scope, input, message, userId)
  const pointer = input.template ? '/template' : '/text'
  const rendered = renderGiven(content.text, content.format, { pointer, values: content.values })
  assertLength(rendered, content.options)
  const steps = planMessage(content, {
    dropped: [],
    isGroup: false,
    replyToMessageId: undefined,
    callbackDataOf: (index) => `button ${index}`,
  })
  return {
    text: rendered.text,
    entities: rendered.entities,
    length: codePointLength(rendered.text),
    parts: steps.map(({ method, shown, media }) => ({
      method,
      ...shown,
      length: codePointLength(shown.text),
      length_max: method === 'sendMessage' ? messageLengthMax : captionLengthMax,
      attachments: media.length,
      html: renderPreview(shown),
    })),
    warnings: [...rendered.warnings, ...warnOfLength(rendered.text)],
    html: renderPreview(rendered),
  }
}

/** Telegram does not say how its servers count: a message may be too long for them that is not by its own rules. */
function warnOfLength(text: string): { code: string; message: string }[] {
  if (text.length <= messageLengthMax || codePointLength(text) > messageLengthMax) return []
  return [{ code: 'many_wide_characters', message: `It has ${text.length} UTF-16 units, which may be too long` }]
}

async function withTemplateText(
  scope: TenantScope,
  input: RenderRequest,
  message: MessageContent,
  userId: string | undefined,
): Promise<MessageContent> {
  if (!input.template) return message
  const { content, use } = await findTemplate(scope, input.template)
  const user =
    userId === undefined
      ? null
      : await scope.db.user.findUnique({ where: { tenantId_userId: { tenantId: scope.tenantId, userId } } })
  try {
    const rendered = renderTemplate(content, use.variables, {
      userId: userId ?? '',
      attributes: readObject(user?.attributes),
      locales: [use.locale, user?.locale],
    })
    return { format: content.format, ...rendered, options: message.options }
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error
    throw refusal('variables_invalid', `The template needs more: ${error.message}.`, {
      pointer: `/template/variables/${error.missing[0] ?? ''}`,
      detail: 'is not given',
    })
  }
}
