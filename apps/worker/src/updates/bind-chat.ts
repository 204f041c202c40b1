import { newId, type Prisma } from '@tellwire/db'
import { endConnections, hashConnectToken, isConnectToken, recordEvents, releaseHeld } from '@tellwire/domain'
import type { Chat, User } from '@tellwire/telegram'
import type { Handled, UpdateContext } from './context.js'
import { enqueueReply } from './enqueue-reply.js'
import { displayName } from './remember-chat.js'
import { chooseReplies, type Replies } from './texts.js'

interface Opened {
  chat: Chat
  from: User | undefined
  token: string
}

type Link = Prisma.ConnectLinkGetPayload<object>

/** What a token led to; all but `connected` and `already_connected` are refusals. */
type Outcome = 'connected' | 'already_connected' | 'unknown' | 'foreign' | 'used' | 'expired' | 'wrong_chat' | 'taken'

/**
 * Connects the chat in which a token was sent, in the transaction that uses the token up, and answers the
 * person whatever became of it.
 */
export async function bindChat(ctx: UpdateContext, opened: Opened): Promise<Handled> {
  const link = await findLink(ctx, opened.token)
  const outcome = await useLink(ctx, opened, link)
  const replies = chooseReplies(link?.locale ?? undefined, opened.from?.language_code)
  const isOurs = link !== null && outcome !== 'unknown' && outcome !== 'foreign'
  const tenant = isOurs
    ? await ctx.db.tenant.findUniqueOrThrow({ where: { id: link.tenantId }, select: { name: true } })
    : undefined
  const text = toText(replies, outcome, tenant?.name ?? '')
  return { hasReply: await enqueueReply(ctx, opened.chat.id, text, isOurs ? link.tenantId : null) }
}

/** Locks the link's row, so that of two people who press Start at once one comes second. */
async function findLink({ db }: UpdateContext, token: string): Promise<Link | null> {
  if (!isConnectToken(token)) return null
  const tokenHash = hashConnectToken(token)
  await db.$executeRaw`SELECT 1 FROM connect_links WHERE token_hash = ${tokenHash} FOR UPDATE`
  return db.connectLink.findUnique({ where: { tokenHash } })
}

async function useLink(ctx: UpdateContext, opened: Opened, link: Link | null): Promise<Outcome> {
  const { db, botId } = ctx
  if (!link) return 'unknown'
  if (link.botId !== botId) return 'foreign'

  const { tenantId, userId } = link
  const chatId = BigInt(opened.chat.id)
  const place = { tenantId, botId, chatId }
  const own = await db.connection.findUnique({ where: { tenantId_userId_botId_chatId: { ...place, userId } } })

  if (link.status === 'used')
    return own?.status === 'active' && own.id === link.connectionId ? 'already_connected' : 'used'
  if (link.status === 'revoked' || link.expiresAt <= new Date()) return 'expired'
  if (!isRightChat(link.chat, opened.chat)) return 'wrong_chat'
  if (!(await makeRoom(ctx, link, chatId))) return 'taken'

  if (link.replace) {
    await endConnections(db, { tenantId, userId, NOT: { botId, chatId } }, { status: 'gone', reason: 'replaced' })
  }
  const connectionId = await connect(ctx, link, opened, own)
  await db.connectLink.update({
    where: { tenantId_id: { tenantId, id: link.id } },
    data: { status: 'used', usedAt: new Date(), connectionId, displayName: personName(opened) },
  })
  await recordEvents(db, [
    { tenantId, type: 'link.used', data: { connect_link_id: link.id, user_id: userId, connection_id: connectionId } },
  ])
  return own?.status === 'active' ? 'already_connected' : 'connected'
}

function isRightChat(wanted: string, chat: Chat): boolean {
  if (wanted === 'group') return chat.type === 'group' || chat.type === 'supergroup'
  return chat.type === wanted
}

/**
 * A chat that belongs to another user of the tenant is refused, moved or shared, as the tenant has set.
 * @returns false when it is refused.
 */
async function makeRoom({ db, botId }: UpdateContext, link: Link, chatId: bigint): Promise<boolean> {
  const others = { tenantId: link.tenantId, botId, chatId, NOT: { userId: link.userId } }
  const taken = await db.connection.count({ where: { ...others, status: { in: ['active', 'blocked'] } } })
  if (taken === 0) return true
  const tenant = await db.tenant.findUniqueOrThrow({ where: { id: link.tenantId }, select: { chatSharing: true } })
  if (tenant.chatSharing === 'move') await endConnections(db, others, { status: 'gone', reason: 'moved' })
  return tenant.chatSharing !== 'refuse'
}

async function connect(
  { db, botId }: UpdateContext,
  link: Link,
  opened: Opened,
  own: { id: string; status: string } | null,
): Promise<string> {
  const { tenantId, userId } = link
  const id = own?.id ?? newId()
  const facts = { status: 'active', displayName: displayName(opened.chat), endedAt: null }
  if (own) {
    const connectedAt = own.status === 'active' ? {} : { connectedAt: new Date() }
    await db.connection.update({ where: { tenantId_id: { tenantId, id } }, data: { ...facts, ...connectedAt } })
  } else {
    const metadata = link.metadata as Prisma.InputJsonObject
    await db.connection.create({
      data: { tenantId, id, userId, botId, chatId: BigInt(opened.chat.id), metadata, ...facts },
    })
  }
  await db.chat.update({
    where: { botId_chatId: { botId, chatId: BigInt(opened.chat.id) } },
    data: { blockedAt: null },
  })
  if (own?.status !== 'active') {
    await releaseHeld(db, { tenantId, id, userId, botId, chatId: BigInt(opened.chat.id) })
    await recordEvents(db, [
      { tenantId, type: 'user.connected', data: { user_id: userId, connection_id: id, connect_link_id: link.id } },
    ])
  }
  return id
}

/** Who opened the link: in a group the person, not the group. */
function personName({ chat, from }: Opened): string {
  return from ? [from.first_name, from.last_name].filter(Boolean).join(' ') : displayName(chat)
}

function toText(replies: Replies, outcome: Outcome, tenant: string): string {
  switch (outcome) {
    case 'connected':
      return replies.welcome(tenant)
    case 'already_connected':
      return replies.alreadyConnected(tenant)
    case 'unknown':
      return replies.unknownToken
    case 'foreign':
      return replies.foreignToken
    case 'used':
      return replies.usedToken(tenant)
    case 'expired':
      return replies.expiredToken(tenant)
    case 'wrong_chat':
      return replies.wrongChat(tenant)
    case 'taken':
      return replies.taken(tenant)
  }
}
