import { newId, type Prisma } from '@tellwire/db'
import { generateConnectToken, hashConnectToken } from '@tellwire/domain'
import type { InTransaction, TenantContext } from '../../context.js'
import { ApiError } from '../../errors.js'
import { parseId } from '../../http/ids.js'
import type { Answer } from '../../plugins/idempotency.js'
import { linkAddresses } from '../../http/link-addresses.js'
import type { NewConnectLink } from './schemas.js'
import { showConnectLink } from './show-connect-link.js'

type Context = InTransaction<TenantContext>

/** Makes a link that connects one chat to one user, once. A user that is not known yet is created. */
export async function issueConnectLink(ctx: Context, input: NewConnectLink): Promise<Answer> {
  const { db, tenantId } = ctx
  const bot = await chooseBot(ctx, input.bot_id)
  const token = generateConnectToken()

  await db.user.createMany({ data: [{ tenantId, userId: input.user_id }], skipDuplicates: true })
  const link = await db.connectLink.create({
    data: {
      id: newId(),
      tenantId,
      tokenHash: hashConnectToken(token),
      userId: input.user_id,
      botId: bot.id,
      chat: input.chat,
      replace: input.replace,
      locale: input.locale ?? null,
      redirectUrl: input.redirect_url ?? null,
      metadata: (input.metadata ?? {}) as Prisma.InputJsonObject,
      expiresAt: new Date(Date.now() + input.expires_in * 1_000),
    },
  })

  const shown = showConnectLink(link)
  const addresses = linkAddresses({ baseUrl: ctx.baseUrl, username: bot.username, chat: input.chat, token })
  return { status: 201, location: `/v1/connect-links/${shown.id}`, body: { ...shown, ...addresses } }
}

/** The bot that was named, or else the only one that the tenant may use. */
async function chooseBot(
  { db, tenantId }: Context,
  botId: string | undefined,
): Promise<{ id: string; username: string }> {
  const uuid = botId === undefined ? undefined : (parseId('bot', botId) ?? null)
  const bots =
    uuid === null
      ? []
      : await db.bot.findMany({
          where: { access: { some: { tenantId } }, ...(uuid === undefined ? {} : { id: uuid }) },
          select: { id: true, username: true },
          take: 2,
        })
  const [bot] = bots
  if (bot && bots.length === 1) return bot

  if (botId !== undefined) {
    throw new ApiError('not_found', 'There is no such bot.', {
      errors: [{ pointer: '/bot_id', code: 'not_found', detail: 'is not a bot of yours' }],
    })
  }
  const detail = bot
    ? 'There are several bots: say which one with bot_id.'
    : 'There is no bot yet: register one with POST /v1/bots.'
  throw new ApiError('bot_required', detail, {
    errors: [{ pointer: '/bot_id', code: 'required', detail: 'is required here' }],
  })
}
