import { Client } from './client-base.js'
import { act, get, getBy, list, patch, post, put, remove, removeBy } from './operation.js'
import type { ClientOptions } from './transport.js'

export const operations = {
  tenants: {
    create: post('/admin/v1/tenants'),
    list: list('/admin/v1/tenants'),
    get: get('/admin/v1/tenants/{id}'),
    change: patch('/admin/v1/tenants/{id}'),
    /** Within seven days it can be taken back. */
    delete: remove('/admin/v1/tenants/{id}'),
    undelete: act('/admin/v1/tenants/{id}/undelete'),
    suspend: act('/admin/v1/tenants/{id}/suspend'),
    resume: act('/admin/v1/tenants/{id}/resume'),
    issueKey: post('/admin/v1/tenants/{id}/keys'),
    listKeys: list('/admin/v1/tenants/{id}/keys'),
    rotateKey: post('/admin/v1/tenants/{id}/keys/{key_id}/rotate'),
    revokeKey: remove('/admin/v1/tenants/{id}/keys/{key_id}'),
  },
  keys: {
    issue: post('/admin/v1/keys'),
    list: list('/admin/v1/keys'),
    rotate: post('/admin/v1/keys/{id}/rotate'),
    revoke: remove('/admin/v1/keys/{id}'),
  },
  bots: {
    registerShared: post('/admin/v1/bots'),
    listShared: list('/admin/v1/bots'),
    getShared: get('/admin/v1/bots/{id}'),
    changeShared: patch('/admin/v1/bots/{id}'),
    replaceSharedToken: put('/admin/v1/bots/{id}/token'),
    deleteShared: removeBy('/admin/v1/bots/{id}'),
  },
  updates: {
    list: list('/admin/v1/updates'),
    retry: act('/admin/v1/updates/{bot_id}/{update_id}/retry'),
  },
  service: {
    getDiagnostics: get('/admin/v1/diagnostics'),
    listLanes: list('/admin/v1/lanes'),
    listReports: list('/admin/v1/reports'),
    getUsage: getBy('/admin/v1/usage'),
    getUsageCsv: getBy('/admin/v1/usage.csv'),
    listAudit: list('/admin/v1/audit'),
    exportAudit: getBy('/admin/v1/audit.jsonl'),
    verifyAudit: getBy('/admin/v1/audit/verify'),
  },
} as const

/** Runs a service: its tenants, their keys, and how it is. It needs a key of admins, `tw_admin_…`. */
export class TellwireAdmin extends Client {
  readonly tenants = this.of(operations.tenants)
  readonly keys = this.of(operations.keys)
  readonly bots = this.of(operations.bots)
  readonly updates = this.of(operations.updates)
  readonly service = this.of(operations.service)

  /** @throws {TellwireError} where there is no key. */
  constructor(options: ClientOptions = {}) {
    super(options, 'TELLWIRE_ADMIN_KEY')
  }
}

export type { ClientOptions } from './transport.js'
