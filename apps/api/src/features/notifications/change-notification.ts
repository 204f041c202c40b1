import { inTransaction, Prisma } from '@tellwire/db'
import { type MessageContent, planMessage } from '@tellwire/domain'
import type { TextFormat } from '@tellwire/format'
import { DrainLane } from '@tellwire/jobs'
import type { TenantContext } from '../../context.js'
import { refusal } from '../../errors.js'
import { readMessage } from '../../messages/read-message.js'
import { showId } from '../../http/ids.js'
import { findNotification } from './get-notification.js'
import { lockNotification } from './lock-notification.js'
import type { NotificationChange } from './schemas.js'

/**
 * Gives a notification another content. What was sent is edited in its chat, at the pace of everything else;
 * what was not goes out with the new content.
 */
export async function changeNotification(ctx: TenantContext, id: string, change: NotificationChange) {
  const { tenantId } = ctx
  const { content: stored, priority } = await findNotification(ctx, id)
  const before = toContent(stored)
  const after = await applyChange(ctx, before, change)
  const botIds = await inTransaction(ctx, async ({ db }) => {
    await lockNotification(db, tenantId, id)
    await db.notificationContent.update({
      where: { tenantId_notificationId: { tenantId, notificationId: id } },
      data: {
        format: after.format,
        text: after.text,
        message:
          Object.keys(after.options).length > 0 ? (after.options as unknown as Prisma.InputJsonObject) : Prisma.DbNull,
        editedAt: new Date(),
      },
    })
    const rows = await db.$queryRaw<{ bot_id: string }[]>`
      WITH target AS MATERIALIZED (
        SELECT d.id, d.bot_id, d.chat_id, d.connection_id FROM deliveries d
        JOIN connections c ON c.tenant_id = d.tenant_id AND c.id = d.connection_id AND c.status = 'active'
        LEFT JOIN pending_deliveries p ON p.id = d.id
        WHERE d.tenant_id = ${tenantId}::uuid AND d.notification_id = ${id}::uuid
          AND (d.status = 'sent' OR p.claimed_by IS NOT NULL OR p.part > 0)
          AND (d.change ->> 'type') IS DISTINCT FROM 'delete'
      ),
      queued AS (
        INSERT INTO pending_deliveries (id, bot_id, tenant_id, priority, chat_id, kind, notification_id, connection_id, reply)
        SELECT uuid_v7(), bot_id, ${tenantId}::uuid, ${rankOf(priority)}, chat_id, 'change', ${id}::uuid, connection_id,
          jsonb_build_object('type', 'edit', 'delivery_id', id, 'has_new_media', ${change.attachments !== undefined}::bool)
        FROM target ORDER BY id
      ),
      marked AS (
        UPDATE deliveries d SET change = jsonb_build_object('type', 'edit', 'status', 'pending', 'at', clock_timestamp(), 'failure', NULL)
        FROM target t WHERE d.tenant_id = ${tenantId}::uuid AND d.id = t.id
      )
      SELECT bot_id FROM target`
    if (rows.length > 0) assertSameShape(before, after)
    return rows.map((row) => row.bot_id)
  })
  for (const botId of new Set(botIds)) ctx.waker.wake(DrainLane, { botId })
  return { id: showId('ntf', id), editing: botIds.length }
}

function rankOf(priority: string): number {
  return ['high', 'normal', 'bulk'].indexOf(priority)
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
  return {
    format: read.format,
    text: template === undefined ? (text ?? before.text) : '',
    options: { ...Object.fromEntries(kept), ...read.message },
  }
}

function definedOf<Fields extends object>(fields: Fields): { [Key in keyof Fields]?: NonNullable<Fields[Key]> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [Key in keyof Fields]?: NonNullable<Fields[Key]>
  }
}

/** Telegram edits messages one by one: it adds none, and makes no photo of a text. */
function assertSameShape(before: MessageContent, after: MessageContent): void {
  if (before.options.template ?? after.options.template) return
  const [had, has] = [shapeOf(before), shapeOf(after)]
  if (had.join() === has.join()) return
  throw refusal('not_editable', 'What was sent can be edited only to as many messages of the same kinds.', {
    pointer: had.length === has.length ? '/attachments' : '/text',
    detail: `would take ${has.length} (${has.join(', ')}) instead of ${had.length} (${had.join(', ')})`,
  })
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
