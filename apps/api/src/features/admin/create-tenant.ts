import { type InTransaction, newId } from '@tellwire/db'
import type { AdminScope } from '@tellwire/domain'
import type { NewTenant } from './schemas.js'
import { showTenant } from './show.js'

export async function createTenant({ db }: InTransaction<AdminScope>, input: NewTenant) {
  const tenant = await db.tenant.create({
    data: {
      id: newId(),
      name: input.name.trim(),
      ...(input.chat_sharing === undefined ? {} : { chatSharing: input.chat_sharing }),
      ...(input.weight === undefined ? {} : { weight: input.weight }),
    },
  })
  return showTenant(tenant)
}
