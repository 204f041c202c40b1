import {
  BudgetExceeded,
  type MessageContent,
  type MessageStep,
  prepareMessage,
  readingOf,
  type TenantScope,
  TemplateError,
} from '@tellwire/domain'
import { codePointLength, type RenderedText, renderText, TelegramParseError, type TextFormat } from '@tellwire/format'
import type { Needs, Writing } from '../context.js'
import { ApiError, refusal } from '../errors.js'

/** The scope of work on texts: what is long is read in a thread. */
export type RenderingScope = TenantScope & Needs<'addresses' | 'boundedWork'> & Writing

/** Whatever stands in a text of this length, reading it takes no longer than a few milliseconds. */
const shortLengthMax = 2_048

interface Given {
  text: string
  format: TextFormat
  values?: readonly string[] | undefined
  options?: Pick<MessageContent['options'], 'shortcodes'>
}

/**
 * Formats a text as it was given.
 * @param pointer of the text in the request.
 * @throws `markup_invalid` with the words of Telegram, or `too_costly`.
 */
export async function renderGiven(scope: RenderingScope, given: Given, pointer = '/text'): Promise<RenderedText> {
  const { text, format, values, options = {} } = given
  const reading = readingOf({ ...(values ? { values } : {}), options })
  try {
    if (text.length <= shortLengthMax) return renderText(text, format, reading)
    return await scope.boundedWork.run(scope.tenantId, 'renderText', { text, format, reading })
  } catch (error) {
    if (!(error instanceof TelegramParseError)) throw tooCostly(error, pointer)
    throw new ApiError('markup_invalid', `Telegram would refuse the text: ${error.message}.`, {
      errors: [{ pointer, code: 'markup_invalid', detail: error.message, ...placeOf(text, error.index) }],
      cause: error,
    })
  }
}

const contextLength = 20

function placeOf(text: string, index: number | undefined): { offset?: number; context?: string } {
  if (index === undefined) return {}
  const around = text.slice(Math.max(0, index - contextLength), index + contextLength).toWellFormed()
  return { offset: codePointLength(text.slice(0, index)), context: around }
}

/** Plans the calls that a message takes, whose text is there. */
export async function planGiven(
  scope: RenderingScope,
  content: MessageContent,
  pointer = '/text',
): Promise<MessageStep[]> {
  const { template: _, ...options } = content.options
  const buttons = options.buttons?.flat() ?? []
  const message = {
    content: { ...content, options },
    template: null,
    plan: {
      dropped: [],
      isGroup: false,
      sender: undefined,
      replyTo: undefined,
      callbackData: buttons.map((_, index) => `button ${index}`),
    },
  }
  const isShort = content.text.length <= shortLengthMax
  const prepared = isShort
    ? prepareMessage(message)
    : await scope.boundedWork.run(scope.tenantId, 'prepareMessage', message).catch((error: unknown) => {
        throw tooCostly(error, pointer)
      })
  return 'failure' in prepared ? [] : prepared.steps
}

/**
 * Runs work on a template.
 * @throws what `toRefusal` makes of an error of the template, or `too_costly`.
 */
export async function onTemplate<Result>(
  work: Promise<Result>,
  pointer: string,
  toRefusal: (error: TemplateError) => ApiError,
): Promise<Result> {
  try {
    return await work
  } catch (error) {
    throw error instanceof TemplateError ? toRefusal(error) : tooCostly(error, pointer)
  }
}

function tooCostly(error: unknown, pointer: string): unknown {
  if (!(error instanceof BudgetExceeded)) return error
  return refusal('too_costly', 'The text takes too long to read.', { pointer, detail: 'takes too long to read' })
}
