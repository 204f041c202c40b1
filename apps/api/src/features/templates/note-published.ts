import type { InTransaction } from '@tellwire/db'
import { recordAudit, type TenantScope } from '@tellwire/domain'
import { showId } from '../../http/ids.js'

/** Notes in the audit which version of a template is published, and which was. */
export async function notePublished(
  scope: InTransaction<TenantScope>,
  id: string,
  versions: { before: number | null; after: number },
): Promise<void> {
  await recordAudit(scope, {
    tenantId: scope.tenantId,
    action: 'template.published',
    object: { type: 'template', id: showId('tpl', id) },
    before: { version: versions.before },
    after: { version: versions.after },
  })
}
