import { type InTransaction, newId } from '@tellwire/db'
import type { AdminScope, SystemScope } from '../scope.js'
import { writeDetails } from './audit-entry.js'

/** Everything that is noted of who changes what. */
export const auditActions = [
  'admin_key.issued',
  'admin_key.revoked',
  'admin_key.rotated',
  'bot.joined',
  'bot.left',
  'bot.people_invited',
  'bot.registered',
  'bot.changed',
  'bot.token_replaced',
  'bot.deleted',
  'connect_settings.changed',
  'connection.ended',
  'file.deleted',
  'inbox_settings.changed',
  'message_settings.changed',
  'key.issued',
  'key.rotated',
  'key.revoked',
  'question.asked',
  'question.answered',
  'question.cancelled',
  'question.expired',
  'question.failed',
  'secrets.rotated',
  'template.deleted',
  'template.published',
  'tenant.created',
  'tenant.changed',
  'tenant.suspended',
  'tenant.resumed',
  'tenant.deleted',
  'tenant.erased',
  'tenant.restored',
  'topic.deleted',
  'update.retried',
  'user.deleted',
  'user.erased',
  'user.exported',
  'webhook.created',
  'webhook.changed',
  'webhook.secret_rotated',
  'webhook.deleted',
] as const
export type AuditAction = (typeof auditActions)[number]

export interface AuditNote {
  /** Whose audit it is; nil for the service's own. */
  tenantId: string
  action: AuditAction
  /** The thing that was changed: its kind, and its id as it is shown. */
  object?: { type: string; id: string }
  before?: object
  after?: object
}

/** What a scope may tell of where a request came from. */
type FromWhere = Partial<Pick<AdminScope, 'address' | 'requestId'>>

/** Notes who changes what, in the transaction of the change: neither is ever there without the other. Secrets are not for it. */
export async function recordAudit(
  { db, actor, address, requestId }: Pick<InTransaction<SystemScope>, 'db' | 'actor'> & FromWhere,
  { tenantId, action, object, before, after }: AuditNote,
): Promise<void> {
  const details = writeDetails({
    actor_id: actor.id,
    ...(object ? { object_id: object.id } : {}),
    ...(address === undefined ? {} : { address }),
    ...(requestId === undefined ? {} : { request_id: requestId }),
    ...(before ? { before } : {}),
    ...(after ? { after } : {}),
  })
  await db.auditEntry.create({
    data: {
      tenantId,
      id: newId(),
      actorType: actor.type,
      action,
      objectType: object?.type ?? null,
      ...details,
      createdAt: new Date(),
    },
  })
}
