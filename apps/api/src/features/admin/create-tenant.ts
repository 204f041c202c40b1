import { newId, type Transaction } from '@tellwire/db'
import type { Answer } from '../../plugins/idempotency.js'
import type { NewTenant } from './schemas.js'
import { showTenant } from './show.js'

export async function createTenant(db: Transaction, input: NewTenant): Promise<Answer> {
  const tenant = await db.tenant.create({
    data: {
      id: newId(),
      name: input.name.trim(),
      ...(input.chat_sharing === undefined ? {} : { chatSharing: input.chat_sharing }),
      ...(input.weight === undefined ? {} : { weight: input.weight }),
    },
  })
  return { status: 201, body: showTenant(tenant) }
}
