import { isRecord, nilUuid, type Prisma, readWord } from '@tellwire/db'
import { auditActions } from '@tellwire/domain'
import { showId } from '../http/ids.js'
import { actorTypes, type AuditEntryView } from './schemas.js'

export function showEntry(entry: Prisma.AuditEntryGetPayload<object>): AuditEntryView {
  const { id, tenantId, sequence, hash, action, objectType, createdAt } = entry
  const details = readDetails(entry.details)
  const type = readWord(actorTypes, entry.actorType)
  const text = (name: string): string | null => (typeof details[name] === 'string' ? details[name] : null)
  const object = (name: string) => (isRecord(details[name]) ? details[name] : null)
  return {
    id: showId('aud', id),
    tenant_id: showTenantId(tenantId),
    sequence: sequence === null ? null : Number(sequence),
    hash,
    action: readWord(auditActions, action),
    actor: { type, id: showActor(type, text('actor_id')) },
    object: objectType === null ? null : { type: objectType, id: text('object_id') },
    address: text('address'),
    request_id: text('request_id'),
    before: object('before'),
    after: object('after'),
    is_erased: entry.details === null,
    created_at: createdAt.toISOString(),
  }
}

export function showTenantId(tenantId: string): string | null {
  return tenantId === nilUuid ? null : showId('ten', tenantId)
}

function readDetails(details: string | null): Record<string, unknown> {
  const value: unknown = details === null ? {} : JSON.parse(details)
  return isRecord(value) ? value : {}
}

function showActor(type: (typeof actorTypes)[number], id: string | null): string | null {
  return id !== null && (type === 'api_key' || type === 'admin_key') ? showId('key', id) : id
}
