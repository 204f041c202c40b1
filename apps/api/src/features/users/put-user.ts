import type { Prisma } from '@tellwire/db'
import type { TenantContext } from '../../context.js'
import { ApiError } from '../../errors.js'
import { getUser } from './get-user.js'
import { isUserId } from './is-user-id.js'
import type { UserInput } from './schemas.js'

/** Of two concurrent first calls, one creates the user and both set what they name. */
export async function putUser(ctx: TenantContext, userId: string, input: UserInput) {
  const { db, tenantId } = ctx
  if (!isUserId(userId)) {
    throw new ApiError('invalid_request', 'A user_id has 1 to 128 printable characters and is neither "." nor "..".', {
      errors: [{ pointer: '/user_id', code: 'pattern', detail: 'is not a valid user_id' }],
    })
  }
  const { count } = await db.user.createMany({ data: [{ tenantId, userId }], skipDuplicates: true })
  await db.user.update({
    where: { tenantId_userId: { tenantId, userId } },
    data: {
      updatedAt: new Date(),
      ...(input.attributes === undefined ? {} : { attributes: input.attributes as Prisma.InputJsonObject }),
      ...(input.locale === undefined ? {} : { locale: input.locale }),
      ...(input.timezone === undefined ? {} : { timezone: input.timezone }),
    },
  })
  return { isNew: count === 1, user: await getUser(ctx, userId) }
}
