import { exportEntries } from '../../audit/export-entries.js'
import { listEntries } from '../../audit/list-entries.js'
import {
  AuditEntry,
  AuditExportQuery,
  AuditLines,
  AuditListQuery,
  AuditVerdict,
  AuditVerifyQuery,
} from '../../audit/schemas.js'
import { verify } from '../../audit/verify.js'
import { Page } from '../../http/schemas.js'
import { route } from '../../route.js'

const tag = 'account'

export const auditRoutes = [
  route({
    operation: 'listAudit',
    gate: 'searches',
    scope: 'audit:read',
    method: 'GET',
    url: '/v1/audit',
    tag,
    summary: 'See who changed what, newest first',
    query: AuditListQuery,
    responses: { 200: Page('AuditPage', AuditEntry) },
    handler: ({ scope, query }) => listEntries(scope, scope.tenantId, query),
  }),
  route({
    operation: 'verifyAudit',
    gate: 'searches',
    scope: 'audit:read',
    method: 'GET',
    url: '/v1/audit/verify',
    tag,
    summary: 'See whether the audit is as it was written',
    description:
      'Each entry is chained to the one before, and the end is signed. What was changed, removed or put in another place is found.',
    query: AuditVerifyQuery,
    responses: { 200: AuditVerdict },
    handler: ({ scope, query }) => verify(scope, [scope.tenantId], query),
  }),
  route({
    operation: 'exportAudit',
    gate: 'downloads',
    scope: 'audit:read',
    method: 'GET',
    url: '/v1/audit.jsonl',
    tag,
    summary: 'Get who changed what as a file, oldest first',
    query: AuditExportQuery,
    responses: { 200: AuditLines },
    answers: 'application/jsonl',
    handler: ({ scope, query }) => exportEntries(scope, scope.tenantId, query),
  }),
]
