import {
  lengthMaxOf,
  type MessageContent,
  type MessageOptions,
  renderTemplate,
  type TemplateContent,
  TemplateError,
} from '@tellwire/domain'
import { codePointLength, type FormattedText, renderText } from '@tellwire/format'
import type { WorkerContext } from '../context.js'
import type { NoCall } from './call.js'
import type { Preparing } from './plan-steps.js'

/** Versions never change, so they need not be read for every delivery of a broadcast. */
const kept = new WeakMap<WorkerContext, Map<string, TemplateContent>>()
const keptMax = 500

/** The content with the text that the recipient's template gives, in the recipient's language. */
export async function readTemplateText(
  preparing: Preparing,
  content: MessageContent,
): Promise<MessageContent | NoCall> {
  const { template } = content.options
  if (!template) return content
  const { ctx, botId, delivery } = preparing
  const tenantId = delivery.tenantId ?? ''
  const [version, connection, chat] = await Promise.all([
    readVersion(ctx, tenantId, template.id, template.version),
    ctx.db.connection.findUnique({
      where: { tenantId_id: { tenantId, id: delivery.connectionId ?? '' } },
      select: { user: true },
    }),
    ctx.db.chat.findUnique({
      where: { botId_chatId: { botId, chatId: BigInt(delivery.chatId) } },
      select: { languageCode: true },
    }),
  ])
  if (!version) return { failure: { class: 'message', code: 'template_gone' } }
  try {
    const { text, values } = renderTemplate(version, template.variables, {
      userId: connection?.user.userId ?? '',
      attributes: (connection?.user.attributes ?? {}) as Record<string, unknown>,
      locales: [template.locale, connection?.user.locale, chat?.languageCode],
    })
    if (isTooLong(renderText(text, version.format, values), content.options)) {
      return { failure: { class: 'message', code: 'message_too_long' } }
    }
    return { ...content, format: version.format, text, values }
  } catch (error) {
    if (error instanceof TemplateError) return { failure: { class: 'message', code: 'variables_missing' } }
    throw error
  }
}

function isTooLong({ text }: FormattedText, options: MessageOptions): boolean {
  return options.overflow === 'reject' && codePointLength(text) > lengthMaxOf(options)
}

async function readVersion(
  ctx: WorkerContext,
  tenantId: string,
  templateId: string,
  version: number,
): Promise<TemplateContent | undefined> {
  const versions = kept.get(ctx) ?? new Map<string, TemplateContent>()
  kept.set(ctx, versions)
  const key = `${tenantId} ${templateId} ${version}`
  const known = versions.get(key)
  if (known) return known
  const stored = await ctx.db.templateVersion.findUnique({
    where: { tenantId_templateId_version: { tenantId, templateId, version } },
  })
  if (!stored) return undefined
  const content = stored.content as unknown as TemplateContent
  const [oldest] = versions.keys()
  if (versions.size >= keptMax && oldest !== undefined) versions.delete(oldest)
  versions.set(key, content)
  return content
}
