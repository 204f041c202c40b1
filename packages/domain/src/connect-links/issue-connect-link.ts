import { type InTransaction, newId, type Prisma, toJsonColumn } from '@tellwire/db'
import { Refusal } from '../refusal.js'
import type { TenantScope } from '../scope.js'
import { generateConnectToken, hashConnectToken } from './token.js'

export type ConnectLink = Prisma.ConnectLinkGetPayload<object>
export const linkChats = ['private', 'group', 'channel'] as const
export type LinkChat = (typeof linkChats)[number]

export interface NewConnectLink {
  userId: string
  /** The bot that was named. Null for one that cannot exist, undefined for the only one that the tenant may use. */
  botId: string | null | undefined
  chat: LinkChat
  /** Seconds. */
  expiresIn: number
  /** Whether the user's other connections end when the link is used. */
  replace: boolean
  locale: string | undefined
  redirectUrl: string | undefined
  metadata: Record<string, unknown> | undefined
}

export interface IssuedConnectLink {
  link: ConnectLink
  /** The only time that anyone sees it. */
  token: string
  botUsername: string
}

/**
 * Makes a link that connects one chat to one user, once. A user that is not known yet is created.
 * @throws {Refusal} `not_found`, `bot_required`.
 */
export async function issueConnectLink(
  scope: InTransaction<TenantScope>,
  input: NewConnectLink,
): Promise<IssuedConnectLink> {
  const { db, tenantId } = scope
  const bot = await chooseBot(scope, input.botId)
  const token = generateConnectToken()
  await db.user.createMany({ data: [{ tenantId, userId: input.userId }], skipDuplicates: true })
  const link = await db.connectLink.create({
    data: {
      id: newId(),
      tenantId,
      tokenHash: hashConnectToken(token),
      userId: input.userId,
      botId: bot.id,
      chat: input.chat,
      replace: input.replace,
      locale: input.locale ?? null,
      redirectUrl: input.redirectUrl ?? null,
      // It came as JSON.
      metadata: toJsonColumn(input.metadata ?? {}),
      expiresAt: new Date(Date.now() + input.expiresIn * 1_000),
    },
  })
  return { link, token, botUsername: bot.username }
}

async function chooseBot(
  { db, tenantId }: InTransaction<TenantScope>,
  botId: string | null | undefined,
): Promise<{ id: string; username: string }> {
  const bots =
    botId === null
      ? []
      : await db.bot.findMany({
          where: {
            status: { not: 'deleted' },
            access: { some: { tenantId } },
            ...(botId === undefined ? {} : { id: botId }),
          },
          select: { id: true, username: true },
          take: 2,
        })
  const [bot] = bots
  if (bot && bots.length === 1) return bot
  if (botId !== undefined) {
    throw new Refusal('not_found', 'There is no such bot.', {
      errors: [{ pointer: '/bot_id', code: 'not_found', detail: 'is not a bot of yours' }],
    })
  }
  const detail = bot
    ? 'There are several bots: say which one with bot_id.'
    : 'There is no bot yet: register one with POST /v1/bots.'
  throw new Refusal('bot_required', detail, {
    errors: [{ pointer: '/bot_id', code: 'required', detail: 'is required here' }],
  })
}
