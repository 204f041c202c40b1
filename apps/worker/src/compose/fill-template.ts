import { lengthMaxOf, type MessageContent, type MessageOptions, renderTemplate, TemplateError } from '@tellwire/domain'
import { codePointLength, type FormattedText, renderText } from '@tellwire/format'
import { type NoCall, noCall } from './call.js'
import type { LookUps } from './look-ups.js'

/** The content with the text that its template gives the recipient, in the recipient's language. */
export function fillTemplate(content: MessageContent, { template: found }: LookUps): MessageContent | NoCall {
  const { template } = content.options
  if (!template) return content
  if (!found) return noCall('template_gone')
  const { format } = found.content
  try {
    const { text, values } = renderTemplate(found.content, template.variables, found.reader)
    if (isTooLong(renderText(text, format, values), content.options)) return noCall('message_too_long')
    return { ...content, format, text, values }
  } catch (error) {
    if (error instanceof TemplateError) return noCall('variables_missing')
    throw error
  }
}

function isTooLong({ text }: FormattedText, options: MessageOptions): boolean {
  return options.overflow === 'reject' && codePointLength(text) > lengthMaxOf(options)
}
