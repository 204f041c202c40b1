import { inTransaction, Prisma, type Transaction } from '@tellwire/db'
import { type MessageContent, type MessageOptions, planMessage } from '@tellwire/domain'
import { renderText, type TextFormat } from '@tellwire/format'
import { DrainLane } from '@tellwire/jobs'
import type { TenantContext } from '../../context.js'
import { ApiError, refusal } from '../../errors.js'
import { showId } from '../../http/ids.js'
import { assertLength } from '../../messages/check-length.js'
import { readMessage } from '../../messages/read-message.js'
import { findNotification } from './get-notification.js'
import { lockNotification } from './lock-notification.js'
import { queueChanges } from './queue-changes.js'
import type { NotificationChange } from './schemas.js'

const attemptsMax = 5

/**
 * Gives a notification another content. What was sent is edited in its chat, at the pace of everything else;
 * what was not goes out with the new content.
 */
export async function changeNotification(ctx: TenantContext, id: string, change: NotificationChange) {
  await storeChange(ctx, id, change)
  // Only now: what is claimed from here on has the new content, and what was before is found.
  const { botIds, count } = await queueChanges(ctx, id, { type: 'edit', hasNewMedia: change.attachments !== undefined })
  for (const botId of botIds) ctx.waker.wake(DrainLane, { botId })
  return { id: showId('ntf', id), editing: count }
}

/** Of two changes at the same moment, the second is made to what the first one left. */
async function storeChange(ctx: TenantContext, id: string, change: NotificationChange, attempt = 1): Promise<void> {
  const { tenantId } = ctx
  const { content: stored } = await findNotification(ctx, id)
  const before = toContent(stored)
  const after = await applyChange(ctx, before, change)
  const isStored = await inTransaction(ctx, async ({ db }) => {
    await lockNotification(db, tenantId, id)
    if (await isAnySent(db, tenantId, id)) assertEditable(before, after, change)
    const { count } = await db.notificationContent.updateMany({
      where: { tenantId, notificationId: id, editedAt: stored?.editedAt ?? null },
      data: {
        format: after.format,
        text: after.text,
        message:
          Object.keys(after.options).length > 0 ? (after.options as unknown as Prisma.InputJsonObject) : Prisma.DbNull,
        editedAt: new Date(),
      },
    })
    return count > 0
  })
  if (isStored) return
  if (attempt >= attemptsMax) throw new ApiError('conflict', 'The notification is being changed by others.')
  await storeChange(ctx, id, change, attempt + 1)
}

async function isAnySent(db: Transaction, tenantId: string, id: string): Promise<boolean> {
  const [row] = await db.$queryRaw<[{ is_any: boolean }]>`
    SELECT EXISTS (
      SELECT FROM deliveries d LEFT JOIN pending_deliveries p ON p.id = d.id
      WHERE d.tenant_id = ${tenantId}::uuid AND d.notification_id = ${id}::uuid
        AND (cardinality(d.telegram_message_ids) > 0 OR p.claimed_by IS NOT NULL)
    ) AS is_any`
  return row.is_any
}

function toContent(stored: { format: string; text: string; message: unknown } | null): MessageContent {
  // What is stored was checked when it was accepted.
  return {
    format: (stored?.format ?? 'markdown') as TextFormat,
    text: stored?.text ?? '',
    options: stored?.message ?? {},
  }
}

/** What is given takes the place of what was there; what is null, or back at its default, goes. */
async function applyChange(
  ctx: TenantContext,
  before: MessageContent,
  change: NotificationChange,
): Promise<MessageContent> {
  const { format = before.format, text, template, buttons, attachments, link_preview: preview, overflow } = change
  if (buttons && (before.options.keyboard ?? before.options.remove_keyboard)) {
    throw refusal('impossible_combination', 'A message has one of buttons, keyboard and remove_keyboard.', {
      pointer: '/buttons',
      detail: 'cannot stand beside the keyboard of the notification',
    })
  }
  const keepsText = text === undefined && template === undefined && before.options.template === undefined
  const given = { text: text ?? (keepsText && before.text !== '' ? before.text : undefined), template, attachments }
  const read = await readMessage(
    ctx,
    { ...definedOf({ ...given, buttons: buttons ?? undefined, link_preview: preview, overflow }), format },
    [],
    { isChange: true },
  )
  const replaced = ['text', 'template', 'buttons', 'attachments', 'link_preview', 'overflow'].filter(
    (name) => name in change,
  )
  const kept = Object.entries(before.options).filter(
    ([name]) => !replaced.includes(name) && !(name === 'template' && text !== undefined),
  )
  const options: MessageOptions = { ...Object.fromEntries(kept), ...read.message }
  const after = { format: read.format, text: template === undefined ? (text ?? before.text) : '', options }
  if (!options.template) assertLength(renderText(after.text, after.format), options)
  return after
}

function definedOf<Fields extends object>(fields: Fields): { [Key in keyof Fields]?: NonNullable<Fields[Key]> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [Key in keyof Fields]?: NonNullable<Fields[Key]>
  }
}

/**
 * Telegram edits messages one by one: it adds none, makes no photo of a text, and of stickers, voice messages
 * and albums it cannot change what they show.
 */
function assertEditable(before: MessageContent, after: MessageContent, change: NotificationChange): void {
  if (before.options.mode === 'append') {
    throw notEditable('/text', 'was added to the message of a thread: send another for the thread')
  }
  const isFixed = [before, after].some(({ options: { attachments = [] } }) => {
    const [first] = attachments
    return attachments.length > 1 || first?.type === 'sticker' || first?.type === 'voice'
  })
  if (change.attachments !== undefined && isFixed) {
    throw notEditable('/attachments', 'albums, stickers and voice messages keep what they show')
  }
  // What a template makes of itself is known when the edit is made.
  if (before.options.template ?? after.options.template) return
  const [had, has] = [shapeOf(before), shapeOf(after)]
  if (had.join() === has.join()) return
  const pointer = had.length === has.length ? '/attachments' : '/text'
  throw notEditable(
    pointer,
    `would take ${has.length} (${has.join(', ')}) instead of ${had.length} (${had.join(', ')})`,
  )
}

function notEditable(pointer: string, detail: string): ApiError {
  const why = 'What was sent can be edited only to as many messages of the same kinds.'
  return refusal('not_editable', why, { pointer, detail })
}

function shapeOf(content: MessageContent): string[] {
  const steps = planMessage(content, {
    dropped: [],
    isGroup: false,
    replyToMessageId: undefined,
    callbackDataOf: () => '',
  })
  return steps.map(({ method, media }) => (method === 'sendMessage' ? 'text' : media.length > 1 ? 'album' : 'media'))
}
