import { codePointLength, type FormattedText, renderText, TelegramParseError } from '@tellwire/format'
import {
  renderTemplate,
  type TemplateContent,
  TemplateError,
  type TemplateReader,
} from '../templates/render-template.js'
import { SpoilerRefused } from './go-without.js'
import { lengthMaxOf } from './length-max.js'
import type { MessageContent, MessageOptions } from './message.js'
import type { MessageStep } from './message-step.js'
import { planMessage, type PlanOptions } from './plan-message.js'

/** All that a message is made of, as plain data: it can be handed to a thread. */
export interface MessageToPrepare {
  content: MessageContent
  /** The version of its template, and who reads it; null where the version is gone. */
  template: { content: TemplateContent; reader: TemplateReader } | null
  plan: Omit<PlanOptions, 'callbackDataOf'> & {
    /** The reference that each button carries, counted row by row. */
    callbackData: readonly string[]
  }
}

export interface PreparedMessage {
  /** The content with the text that its template gives the reader. */
  content: MessageContent
  /** The calls that send it, in their order. */
  steps: MessageStep[]
}

/** Why there is nothing to send. */
export interface Unpreparable {
  failure: 'template_gone' | 'variables_missing' | 'message_too_long' | 'formatting_refused' | 'spoiler_refused'
}

/** Fills in the template of a message and plans its calls. What it costs, the tenant's text decides. */
export function prepareMessage({ content, template, plan }: MessageToPrepare): PreparedMessage | Unpreparable {
  try {
    const ready = content.options.template ? fillTemplate(content, template) : content
    if ('failure' in ready) return ready
    const { dropped, isGroup, sender, replyTo, callbackData } = plan
    const callbackDataOf = (index: number): string => callbackData[index] ?? ''
    const steps = planMessage(ready, { dropped, isGroup, sender, replyTo, callbackDataOf })
    return { content: ready, steps }
  } catch (error) {
    if (error instanceof TemplateError) return { failure: 'variables_missing' }
    // The text of a template is not known before it is filled in.
    if (error instanceof TelegramParseError) return { failure: 'formatting_refused' }
    if (error instanceof SpoilerRefused) return { failure: 'spoiler_refused' }
    throw error
  }
}

function fillTemplate(content: MessageContent, found: MessageToPrepare['template']): MessageContent | Unpreparable {
  const { template } = content.options
  if (!template || !found) return { failure: 'template_gone' }
  const { format } = found.content
  const { text, values } = renderTemplate(found.content, template.variables, found.reader)
  if (isTooLong(renderText(text, format, { values, shortcodes: content.options.shortcodes }), content.options))
    return { failure: 'message_too_long' }
  return { ...content, format, text, values }
}

function isTooLong({ text }: FormattedText, options: MessageOptions): boolean {
  return options.overflow === 'reject' && codePointLength(text) > lengthMaxOf(options)
}
