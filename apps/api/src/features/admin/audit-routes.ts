import { exportEntries } from '../../audit/export-entries.js'
import { listEntries } from '../../audit/list-entries.js'
import {
  AdminAuditExportQuery,
  AdminAuditListQuery,
  AdminAuditQuery,
  AuditEntry,
  AuditLines,
  AuditVerdict,
} from '../../audit/schemas.js'
import { verify } from '../../audit/verify.js'
import { Page } from '../../http/schemas.js'
import { adminRoute } from '../../route.js'
import { readTenantId } from './read-tenant-id.js'

export const adminAuditRoutes = [
  adminRoute({
    operation: 'listAllAudit',
    method: 'GET',
    url: '/admin/v1/audit',
    summary: 'See who changed what, newest first',
    query: AdminAuditListQuery,
    responses: { 200: Page('AuditPage', AuditEntry) },
    handler: ({ scope, query: { tenant_id: tenantId, ...query } }) => listEntries(scope, readTenantId(tenantId), query),
  }),
  adminRoute({
    operation: 'verifyAllAudit',
    method: 'GET',
    url: '/admin/v1/audit/verify',
    summary: 'See whether the audit is as it was written',
    query: AdminAuditQuery,
    responses: { 200: AuditVerdict },
    handler: ({ scope, query: { tenant_id: shown, ...known } }) => {
      const tenantId = readTenantId(shown)
      return verify(scope, tenantId === undefined ? undefined : [tenantId], known)
    },
  }),
  adminRoute({
    operation: 'exportAllAudit',
    method: 'GET',
    gate: 'downloads',
    url: '/admin/v1/audit.jsonl',
    summary: 'Get who changed what as a file, oldest first',
    query: AdminAuditExportQuery,
    responses: { 200: AuditLines },
    answers: 'application/jsonl',
    handler: ({ scope, query: { tenant_id: tenantId, ...query } }) =>
      exportEntries(scope, readTenantId(tenantId), query),
  }),
]
