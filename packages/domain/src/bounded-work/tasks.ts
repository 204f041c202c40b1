import { type Reading, renderText, type TextFormat } from '@tellwire/format'
import { type MessageToPrepare, prepareMessage } from '../messages/prepare-message.js'
import {
  assertTemplate,
  renderTemplate,
  type TemplateContent,
  type TemplateReader,
} from '../templates/render-template.js'

/** Work whose cost is decided by what a tenant wrote. Each takes and returns plain data. */
export const tasks = {
  assertTemplate: (text: string): void => assertTemplate(text),
  renderTemplate: (input: { content: TemplateContent; variables: Record<string, unknown>; reader: TemplateReader }) =>
    renderTemplate(input.content, input.variables, input.reader),
  renderText: ({ text, format, reading }: { text: string; format: TextFormat; reading: Reading }) =>
    renderText(text, format, reading),
  prepareMessage: (input: MessageToPrepare) => prepareMessage(input),
} satisfies Record<string, (input: never) => unknown>

export type Tasks = typeof tasks
export type TaskName = keyof Tasks
export type TaskInput<Name extends TaskName> = Parameters<Tasks[Name]>[0]
export type TaskResult<Name extends TaskName> = ReturnType<Tasks[Name]>
