import { inTransaction, isAnyDeliverySent, Prisma } from '@tellwire/db'
import {
  type MessageContent,
  type MessageOptions,
  questionTextMax,
  readContent,
  type TenantScope,
} from '@tellwire/domain'
import { ApiError, refusal } from '../../errors.js'
import { showId } from '../../http/ids.js'
import { assertLength } from '../../messages/check-length.js'
import { readMessage } from '../../messages/read-message.js'
import { planGiven, renderGiven, type RenderingScope } from '../../messages/render-given.js'
import { findNotification, lockNotification } from '../../views/notification.js'
import { queueEditsOf } from './queue-edits-of.js'
import type { NotificationEdit } from './schemas.js'

const attemptsMax = 5

/**
 * Gives a notification another content. What was sent is edited in its chat, at the pace of everything else;
 * what was not goes out with the new content.
 */
export async function editNotification(scope: RenderingScope, id: string, edit: NotificationEdit) {
  await storeEdit(scope, id, edit)
  // Only now: what is claimed from here on has the new content, and what was before is found.
  const { queued } = await queueEditsOf(scope, id, {
    type: 'edit',
    has_new_media: edit.attachments !== undefined,
    has_new_buttons: edit.buttons !== undefined,
  })
  return { id: showId('ntf', id), editing: queued }
}

/** Of two edits at the same moment, the second is made to what the first one left. */
async function storeEdit(scope: RenderingScope, id: string, edit: NotificationEdit): Promise<void> {
  for (let attempt = 0; attempt < attemptsMax; attempt++) {
    const { content: stored } = await findNotification(scope, id)
    const before = readContent(stored)
    const after = await applyEdit(scope, before, edit)
    const shapes = await Promise.all([
      shapeOf(scope, before),
      shapeOf(scope, after),
      after.options.rich === undefined ? undefined : shapeOf(scope, withoutRich(after)),
    ])
    if (await replaceContent(scope, id, { before, after, shapes, edit, editedAt: stored?.editedAt ?? null })) return
  }
  throw new ApiError('conflict', 'The notification is being changed by others.')
}

interface Replacement {
  before: MessageContent
  after: MessageContent
  /** The kinds of messages that these make, and the latter without rich ones; undefined where a template decides it later. */
  shapes: (string[] | undefined)[]
  edit: NotificationEdit
  /** When it was edited last: another edit since then comes first. */
  editedAt: Date | null
}

/** @returns false when somebody else has edited it since. */
async function replaceContent(scope: TenantScope, id: string, replacement: Replacement): Promise<boolean> {
  const { after, editedAt } = replacement
  return inTransaction(scope, async (scope) => {
    const { db, tenantId } = scope
    await lockNotification(scope, id)
    if (await isAnyDeliverySent(db, tenantId, id)) assertEditable(replacement)
    const { count } = await db.notificationContent.updateMany({
      where: { tenantId, notificationId: id, editedAt },
      data: { format: after.format, text: after.text, options: writeOptions(after.options), editedAt: new Date() },
    })
    return count > 0
  })
}

function writeOptions(options: MessageOptions) {
  // They are made of JSON.
  return Object.keys(options).length > 0 ? (options as unknown as Prisma.InputJsonObject) : Prisma.DbNull
}

/** What is given takes the place of what was there; what is null, or back at its default, goes. */
async function applyEdit(
  scope: RenderingScope,
  before: MessageContent,
  edit: NotificationEdit,
): Promise<MessageContent> {
  const { format = before.format, text, template, buttons, attachments, link_preview: preview, overflow } = edit
  const { rich = before.options.rich ?? false, shortcodes = before.options.shortcodes ?? false } = edit
  if (buttons && (before.options.keyboard ?? before.options.remove_keyboard)) {
    throw refusal('impossible_combination', 'A message has one of buttons, keyboard and remove_keyboard.', {
      pointer: '/buttons',
      detail: 'cannot stand beside the keyboard of the notification',
    })
  }
  if (before.options.draft && (buttons ?? attachments)) {
    throw refusal('impossible_combination', 'A draft is a text of a thread.', {
      pointer: buttons ? '/buttons' : '/attachments',
      detail: 'cannot stand in a draft',
    })
  }
  if (before.options.question) assertStaysQuestion(edit)
  const keepsText = text === undefined && template === undefined && before.options.template === undefined
  const given = { text: text ?? (keepsText && before.text !== '' ? before.text : undefined), template, attachments }
  const read = await readMessage(
    scope,
    {
      silent: false,
      protect: false,
      overflow: 'split',
      link_preview: 'auto',
      ...definedOf({ ...given, buttons: buttons ?? undefined, link_preview: preview, overflow, rich, shortcodes }),
      format,
    },
    [],
    { isEdit: true },
  )
  const replaced = [
    'text',
    'template',
    'buttons',
    'attachments',
    'link_preview',
    'overflow',
    'rich',
    'shortcodes',
  ].filter((name) => name in edit)
  const kept = Object.entries(before.options).filter(
    ([name]) => !replaced.includes(name) && !(name === 'template' && text !== undefined),
  )
  const options: MessageOptions = { ...Object.fromEntries(kept), ...read.options }
  const after = { format: read.format, text: template === undefined ? (text ?? before.text) : '', options }
  if (!options.template) assertLength(await renderGiven(scope, after), options)
  return after
}

function assertStaysQuestion({ buttons, attachments, template, text = '' }: NotificationEdit): void {
  if (buttons !== undefined) throw notEditable('/buttons', 'are the answers to a question: cancel it, and ask another')
  if (attachments !== undefined) throw notEditable('/attachments', 'cannot stand in a question')
  if (template !== undefined) throw notEditable('/template', 'cannot take the place of a question')
  if (text.length > questionTextMax) {
    throw notEditable(
      '/text',
      `is a question, and its outcome is to stand below: it takes ${questionTextMax} characters`,
    )
  }
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
function assertEditable({ before, after, shapes: [had, has, hasAsText], edit }: Replacement): void {
  if (before.options.question?.free_text) {
    throw notEditable('/text', 'opens an answer, and Telegram edits no message that does: cancel it, and ask another')
  }
  if (before.options.mode === 'append') {
    throw notEditable('/text', 'was added to the message of a thread: send another for the thread')
  }
  const isFixed = [before, after].some(({ options: { attachments = [] } }) => {
    const [first] = attachments
    return attachments.length > 1 || first?.type === 'sticker' || first?.type === 'voice'
  })
  if (edit.attachments !== undefined && isFixed) {
    throw notEditable('/attachments', 'albums, stickers and voice messages keep what they show')
  }
  // A rich message that does not fit where a text or a caption was goes as one.
  if (!had || !has || had.join() === has.join() || had.join() === hasAsText?.join()) return
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

function withoutRich(content: MessageContent): MessageContent {
  const { rich: _, ...options } = content.options
  return { ...content, options }
}

async function shapeOf(scope: RenderingScope, content: MessageContent): Promise<string[] | undefined> {
  // What a template makes of itself is known when the edit is made.
  if (content.options.template) return undefined
  const steps = await planGiven(scope, content)
  return steps.map(({ media }) => (media.length === 0 ? 'text' : media.length > 1 ? 'album' : 'media'))
}
