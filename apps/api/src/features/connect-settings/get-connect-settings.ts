import { type InTransaction, type Prisma, readObject, readWord } from '@tellwire/db'
import { chatSharings, groupConnects, linkConfirms, type TenantScope, unreachablePolicies } from '@tellwire/domain'
import type { ConnectSettingsView } from './schemas.js'

export async function getConnectSettings({ db, tenantId }: InTransaction<TenantScope>): Promise<ConnectSettingsView> {
  return showConnectSettings(await db.tenant.findUniqueOrThrow({ where: { id: tenantId } }))
}

export function showConnectSettings(tenant: Prisma.TenantGetPayload<object>): ConnectSettingsView {
  return {
    confirm: readWord(linkConfirms, tenant.confirm),
    chat_sharing: readWord(chatSharings, tenant.chatSharing),
    group_connect: readWord(groupConnects, tenant.groupConnect),
    on_unreachable: readWord(unreachablePolicies, tenant.onUnreachable),
    origins: tenant.origins,
    // As they were checked when they were set.
    brand: readObject(tenant.brand),
    texts: readObject(tenant.texts) as ConnectSettingsView['texts'],
  }
}
