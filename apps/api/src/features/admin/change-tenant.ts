import type { AdminScope } from '@tellwire/domain'
import { notFound } from '../../errors.js'
import type { TenantChange } from './schemas.js'
import { showTenant } from './show.js'

export async function changeTenant({ db }: AdminScope, id: string, change: TenantChange) {
  const { name, chat_sharing: chatSharing, weight } = change
  const [tenant] = await db.tenant.updateManyAndReturn({
    where: { id },
    data: {
      ...(name === undefined ? {} : { name }),
      ...(chatSharing === undefined ? {} : { chatSharing }),
      ...(weight === undefined ? {} : { weight }),
    },
  })
  if (!tenant) throw notFound('tenant', '/id')
  return showTenant(tenant)
}
