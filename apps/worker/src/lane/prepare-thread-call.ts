import type { MessageContent, MessageStep } from '@tellwire/domain'
import { captionLengthMax, codePointLength, type FormattedText, messageLengthMax } from '@tellwire/format'
import type { Call, NoCall } from './call.js'
import { isInline, makeEditCall } from './make-edit-call.js'
import { makeSendCall } from './make-send-call.js'
import { droppableOf, planSteps, type Preparing } from './plan-steps.js'

interface Thread {
  /** The one that the thread's message shows. */
  notificationId: string
  messageId: number
  method: string
  shown: FormattedText
}

/**
 * The next notification of a thread edits the thread's message, adds to it, or answers it; it answers also
 * what cannot be edited: a text is no photo, and some messages are too old.
 * @returns nothing for the first of a thread.
 */
export async function prepareThreadCall(
  preparing: Preparing,
  content: MessageContent,
): Promise<Call | NoCall | undefined> {
  const { delivery } = preparing
  const thread = await findThread(preparing, content.options.thread_key ?? '')
  if (!thread) return undefined
  const steps = planSteps(preparing, content, thread.messageId)
  const [step, further] = steps
  const isEditWanted = content.options.mode !== 'reply' && delivery.part === 0 && !delivery.dropped.includes('thread')
  const edit = isEditWanted && step && !further ? await prepareEdit(preparing, content, thread, step) : undefined
  return edit ?? makeSendCall(preparing, content, steps)
}

export async function findThread({ ctx, botId, delivery }: Preparing, threadKey: string): Promise<Thread | undefined> {
  const thread = await ctx.db.messageThread.findUnique({
    where: {
      tenantId_botId_chatId_threadKey: {
        tenantId: delivery.tenantId ?? '',
        botId,
        chatId: BigInt(delivery.chatId),
        threadKey,
      },
    },
  })
  if (!thread) return undefined
  return {
    notificationId: thread.notificationId,
    messageId: Number(thread.messageId),
    method: thread.method,
    shown: thread.shown as unknown as FormattedText,
  }
}

/** Undefined where the thread's message cannot become what the step shows. */
async function prepareEdit(
  preparing: Preparing,
  { options, format }: MessageContent,
  thread: Thread,
  step: MessageStep,
): Promise<Call | undefined> {
  if ((thread.method === 'sendMessage') !== (step.method === 'sendMessage')) return undefined
  if (!isEditable(thread.method) || !isEditable(step.method)) return undefined
  if (step.params['reply_markup'] !== undefined && !isInline(step.params['reply_markup'])) return undefined
  const shown = options.mode === 'append' ? appendTo(thread.shown, step.shown) : step.shown
  const lengthMax = step.method === 'sendMessage' ? messageLengthMax : captionLengthMax
  if (codePointLength(shown.text) > lengthMax) return undefined
  const call = await makeEditCall(preparing, thread.messageId, step, { shown, hasNewMedia: true })
  return {
    ...call,
    droppable: [...droppableOf(options, format), 'thread'],
    thread: { key: options.thread_key ?? '', method: step.method, shown },
  }
}

function isEditable(method: string): boolean {
  return method !== 'sendMediaGroup' && method !== 'sendSticker' && method !== 'sendVoice'
}

function appendTo(before: FormattedText, added: FormattedText): FormattedText {
  if (before.text === '') return added
  const gap = '\n\n'
  const shift = before.text.length + gap.length
  return {
    text: before.text + gap + added.text,
    entities: [...before.entities, ...added.entities.map((entity) => ({ ...entity, offset: entity.offset + shift }))],
  }
}
