import { type InTransaction, newId, readObject, toJsonColumn } from '@tellwire/db'
import { LinkEnded } from '@tellwire/jobs'
import type { Chat, User } from '@tellwire/telegram'
import { displayName, personName } from '../chats/display-name.js'
import { endConnections } from '../connections/end-connections.js'
import { releaseAwaiting } from '../connections/release-awaiting.js'
import { recordEvents } from '../events/record-events.js'
import { type SystemScope, tellAfterCommit } from '../scope.js'
import { lockConnectLink } from './find-connect-link.js'
import type { ConnectLink } from './issue-connect-link.js'
import { linkStatus } from './status.js'

/** A token that was sent to a bot in a chat. */
export interface OpenedLink {
  botId: string
  chat: Chat
  from: User | undefined
  token: string
}

/** The use that a token led to; all but `connected` and `already_connected` are refusals. */
export type LinkUse =
  | 'connected'
  | 'already_connected'
  | 'unknown'
  | 'foreign'
  | 'used'
  | 'expired'
  | 'wrong_chat'
  | 'taken'

type Scope = InTransaction<SystemScope>

/** Connects the chat in which a token was sent, in the transaction that uses the token up. */
export async function useConnectLink(
  scope: Scope,
  opened: OpenedLink,
): Promise<{ use: LinkUse; link: ConnectLink | null }> {
  const link = await lockConnectLink(scope.db, opened.token)
  return { use: link ? await use(scope, opened, link) : 'unknown', link }
}

async function use(scope: Scope, opened: OpenedLink, link: ConnectLink): Promise<LinkUse> {
  const { db } = scope
  const { botId } = opened
  if (link.botId !== botId) return 'foreign'

  const { tenantId, userId } = link
  const chatId = BigInt(opened.chat.id)
  const own = await db.connection.findUnique({
    where: { tenantId_userId_botId_chatId: { tenantId, userId, botId, chatId } },
  })
  switch (linkStatus(link)) {
    case 'used':
      return own?.status === 'active' && own.id === link.connectionId ? 'already_connected' : 'used'
    case 'revoked':
    case 'expired':
      return 'expired'
    case 'pending':
      break
  }
  if (!isRightChat(link.chat, opened.chat)) return 'wrong_chat'
  if (!(await makeRoom(scope, link, chatId))) return 'taken'

  if (link.replace) {
    await endConnections(scope, { tenantId, userId, NOT: { botId, chatId } }, { status: 'gone', reason: 'replaced' })
  }
  const connectionId = await connect(scope, link, opened, own)
  await db.connectLink.update({
    where: { tenantId_id: { tenantId, id: link.id } },
    data: { status: 'used', usedAt: new Date(), connectionId, displayName: personName(opened) },
  })
  tellAfterCommit(scope, LinkEnded, link.id)
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
 * Refuses, moves or shares a chat that belongs to another user of the tenant, as the tenant has set.
 * @returns false when it is refused.
 */
async function makeRoom(scope: Scope, { tenantId, userId, botId }: ConnectLink, chatId: bigint): Promise<boolean> {
  const others = { tenantId, botId, chatId, NOT: { userId } }
  const taken = await scope.db.connection.count({ where: { ...others, status: { in: ['active', 'blocked'] } } })
  if (taken === 0) return true
  const { chatSharing } = await scope.db.tenant.findUniqueOrThrow({
    where: { id: tenantId },
    select: { chatSharing: true },
  })
  if (chatSharing === 'move') await endConnections(scope, others, { status: 'gone', reason: 'moved' })
  return chatSharing !== 'refuse'
}

async function connect(
  scope: Scope,
  link: ConnectLink,
  opened: OpenedLink,
  own: { id: string; status: string } | null,
): Promise<string> {
  const { db } = scope
  const { tenantId, userId } = link
  const { botId } = opened
  const chatId = BigInt(opened.chat.id)
  const id = own?.id ?? newId()
  const connectedBy = opened.from === undefined ? null : BigInt(opened.from.id)
  const facts = { status: 'active', displayName: displayName(opened.chat), endedAt: null, connectedBy }
  if (own) {
    await db.connection.update({ where: { tenantId_id: { tenantId, id } }, data: facts })
    // By the clock that the audiences of broadcasts go by.
    if (own.status !== 'active')
      await db.$executeRaw`UPDATE connections SET connected_at = now() WHERE tenant_id = ${tenantId}::uuid AND id = ${id}::uuid`
  } else {
    const metadata = toJsonColumn(readObject(link.metadata))
    await db.connection.create({ data: { tenantId, id, userId, botId, chatId, metadata, ...facts } })
  }
  await db.chat.update({ where: { botId_chatId: { botId, chatId } }, data: { blockedAt: null } })
  if (own?.status !== 'active') {
    await releaseAwaiting(scope, { tenantId, id, userId, botId, chatId })
    await recordEvents(db, [
      { tenantId, type: 'user.connected', data: { user_id: userId, connection_id: id, connect_link_id: link.id } },
    ])
  }
  return id
}
