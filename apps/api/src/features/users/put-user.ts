import { toJsonColumn } from '@tellwire/db'
import { normaliseLocale, normaliseTimezone } from '@tellwire/domain'
import { assertRoomForUsers } from '../../limits/assert-room-for-users.js'
import type { Adding } from '../../limits/tenant-quotas.js'
import { assertNotErasing } from '../../users/assert-not-erasing.js'
import { getUser } from './get-user.js'
import type { UserInput } from './schemas.js'

/** Creates a user, or replaces all that is kept of one. Of two concurrent first calls, one creates the user. */
export async function putUser(scope: Adding, userId: string, input: UserInput) {
  const { db, tenantId } = scope
  await assertNotErasing(scope, [userId])
  await assertRoomForUsers(scope, [userId])
  const { count } = await db.user.createMany({ data: [{ tenantId, userId }], skipDuplicates: true })
  await db.user.update({
    where: { tenantId_userId: { tenantId, userId } },
    data: {
      // It came as JSON.
      attributes: toJsonColumn(input.attributes ?? {}),
      locale: readLocale(input.locale),
      timezone: readTimezone(input.timezone),
      updatedAt: new Date(),
    },
  })
  return { isNew: count === 1, user: await getUser(scope, userId) }
}

export function readLocale(tag: string | null | undefined): string | null {
  return (tag && normaliseLocale(tag)) ?? null
}

export function readTimezone(name: string | null | undefined): string | null {
  return (name && normaliseTimezone(name)) ?? null
}
