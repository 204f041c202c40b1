import { type MessageContent, planMessage, renderTemplate, TemplateError } from '@tellwire/domain'
import { captionLengthMax, codePointLength, messageLengthMax, renderPreview } from '@tellwire/format'
import type { TenantContext } from '../../context.js'
import { refusal } from '../../errors.js'
import { assertLength } from '../../messages/check-length.js'
import { findTemplate } from '../../messages/find-template.js'
import { type ReadMessage, readMessage, renderGiven } from '../../messages/read-message.js'
import type { RenderRequest } from './schemas.js'

/** What would be sent, without sending it. */
export async function renderMessage(ctx: TenantContext, { user_id: userId, ...input }: RenderRequest) {
  const message = await readMessage(ctx, input, userId === undefined ? [] : [userId])
  const content = await withTemplateText(ctx, input, message, userId)
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
  ctx: TenantContext,
  input: RenderRequest,
  { format, text, message }: ReadMessage,
  userId: string | undefined,
): Promise<MessageContent> {
  const options = message ?? {}
  if (!input.template) return { format, text, options }
  const { content, use } = await findTemplate(ctx, input.template)
  const user =
    userId === undefined
      ? null
      : await ctx.db.user.findUnique({ where: { tenantId_userId: { tenantId: ctx.tenantId, userId } } })
  try {
    const rendered = renderTemplate(content, use.variables, {
      userId: userId ?? '',
      attributes: (user?.attributes ?? {}) as Record<string, unknown>,
      locales: [use.locale, user?.locale],
    })
    return { format: content.format, ...rendered, options }
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error
    throw refusal('variables_invalid', `The template needs more: ${error.message}.`, {
      pointer: `/template/variables/${error.missing[0] ?? ''}`,
      detail: 'is not given',
    })
  }
}
