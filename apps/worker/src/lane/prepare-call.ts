/**
 * From a claimed delivery to the call that sends it. What a plain text needs was claimed with it; what more
 * can be said of a message (a template, files, a thread, what it answers) is looked up here, before the
 * delivery is queued: once it is its turn, the call leaves at once.
 */
import { type MessageContent, type MessageOptions, textParams } from '@tellwire/domain'
import { type FormattedText, TelegramParseError } from '@tellwire/format'
import { type Call, FileMissing, type NoCall, plainCall } from './call.js'
import { makePlainCall, makeSendCall } from './make-send-call.js'
import { planSteps, type Preparing, readContent } from './plan-steps.js'
import { prepareChange } from './prepare-change.js'
import { prepareThreadCall } from './prepare-thread-call.js'
import { readTemplateText } from './read-template-text.js'

/** At once where nothing has to be looked up. @throws {UploadUnderWay} */
export function prepareCall(preparing: Preparing): Call | NoCall | Promise<Call | NoCall> {
  try {
    const call = prepare(preparing)
    return call instanceof Promise ? call.catch(refuse) : call
  } catch (error) {
    return refuse(error)
  }
}

function prepare(preparing: Preparing): Call | NoCall | Promise<Call | NoCall> {
  const { delivery } = preparing
  if (delivery.kind === 'reply') return toPlainCall(textParams(delivery.reply as FormattedText))
  if (delivery.kind === 'change') return prepareChange(preparing, readContent(delivery))
  const content = readContent(delivery)
  if (needsLookUp(content.options)) return prepareRich(preparing, content)
  return makePlainCall(preparing, content, planSteps(preparing, content, undefined))
}

/** What will never be sent as it is. The text of a template is not known before it is rendered. */
function refuse(error: unknown): NoCall {
  if (error instanceof TelegramParseError) return { failure: { class: 'message', code: 'formatting_refused' } }
  if (error instanceof FileMissing) return { failure: { class: 'message', code: 'file_missing' } }
  throw error
}

function toPlainCall(params: object): Call {
  return { ...plainCall, method: 'sendMessage', params }
}

function needsLookUp({
  template,
  attachments,
  reply_to: replyTo,
  thread_key: threadKey,
  overflow,
}: MessageOptions): boolean {
  return [template, attachments, replyTo, threadKey].some((part) => part !== undefined) || overflow === 'file'
}

async function prepareRich(preparing: Preparing, content: MessageContent): Promise<Call | NoCall> {
  const ready = await readTemplateText(preparing, content)
  if ('failure' in ready) return ready
  if (ready.options.thread_key !== undefined) {
    const call = await prepareThreadCall(preparing, ready)
    if (call) return call
  }
  const replyTo = ready.options.reply_to
  const replyToMessageId = replyTo === undefined ? undefined : await findMessageOf(preparing, replyTo)
  return makeSendCall(preparing, ready, planSteps(preparing, ready, replyToMessageId))
}

/** The first message of an earlier notification in the same chat. */
async function findMessageOf({ ctx, botId, delivery }: Preparing, notificationId: string): Promise<number | undefined> {
  const earlier = await ctx.db.delivery.findFirst({
    where: { tenantId: delivery.tenantId ?? '', notificationId, botId, chatId: BigInt(delivery.chatId) },
    select: { telegramMessageIds: true },
  })
  const [messageId] = earlier?.telegramMessageIds ?? []
  return messageId === undefined ? undefined : Number(messageId)
}
