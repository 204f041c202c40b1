import { inTransaction, isRecord, type Prisma, readObject, toJsonColumn } from '@tellwire/db'
import type { TenantScope } from '@tellwire/domain'
import { ApiError, notFound } from '../../errors.js'
import { getUser } from './get-user.js'
import { readLocale, readTimezone } from './put-user.js'
import type { UserChange } from './schemas.js'

const attributesBytesMax = 4_096

/** Merges what is given into what is kept of a user. Two changes at the same moment are made one after the other. */
export async function changeUser(scope: TenantScope, userId: string, change: UserChange) {
  return inTransaction(scope, async (scope) => {
    const { db, tenantId } = scope
    const key = { tenantId_userId: { tenantId, userId } }
    await db.$executeRaw`SELECT FROM users WHERE tenant_id = ${tenantId}::uuid AND user_id = ${userId} FOR UPDATE`
    const user = await db.user.findUnique({ where: key })
    if (!user) throw notFound('user', '/user_id')
    await db.user.update({
      where: key,
      data: {
        updatedAt: new Date(),
        ...(change.attributes === undefined ? {} : { attributes: merge(user.attributes, change.attributes) }),
        ...(change.locale === undefined ? {} : { locale: readLocale(change.locale) }),
        ...(change.timezone === undefined ? {} : { timezone: readTimezone(change.timezone) }),
      },
    })
    return getUser(scope, userId)
  })
}

function merge(kept: unknown, given: Record<string, unknown>): Prisma.InputJsonObject {
  const merged = mergePatch(kept, given)
  const bytes = Buffer.byteLength(JSON.stringify(merged))
  if (bytes > attributesBytesMax) {
    throw new ApiError('invalid_request', 'The attributes would be too long once merged.', {
      errors: [
        {
          pointer: '/attributes',
          code: 'too_long',
          detail: `would take ${bytes} bytes as JSON, more than ${attributesBytesMax}`,
        },
      ],
    })
  }
  return toJsonColumn(readObject(merged))
}

/** JSON Merge Patch (RFC 7396). */
function mergePatch(kept: unknown, patch: unknown): unknown {
  if (!isRecord(patch)) return patch
  const merged = new Map(Object.entries(isRecord(kept) ? kept : {}))
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) merged.delete(name)
    else merged.set(name, mergePatch(merged.get(name), value))
  }
  return Object.fromEntries(merged)
}
