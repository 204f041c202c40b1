import { type InTransaction, newId, readObject, toJsonColumn } from '@tellwire/db'
import { LinkEnded } from '@tellwire/jobs'
import type { Chat, User } from '@tellwire/telegram'
import { displayName, personName } from '../chats/display-name.js'
import { endConnections } from '../connections/end-connections.js'
import { releaseAwaiting } from '../connections/release-awaiting.js'
import { recordEvents } from '../events/record-events.js'
import { type SystemScope, tellAfterCommit } from '../scope.js'
import type { Sealer } from '../secrets/sealer.js'
import { type LinkKey, lockConnectLink } from './find-connect-link.js'
import type { ConnectLink } from './issue-connect-link.js'
import { linkStatus } from './status.js'

/** A token or a code that was sent to a bot in a chat. */
export interface OpenedLink {
  botId: string
  chat: Chat
  from: User | undefined
  key: LinkKey
  /** The topic of a forum in which it was sent. */
  forumTopic: number | undefined
  /** What the person answered when they were asked whether the account is theirs. */
  answer?: 'yes' | 'no' | number
  /** Whether the person may speak for the chat. Asked only where it matters. */
  speaksForChat: () => boolean
}

/**
 * The use that a token led to: `connected`, `already_connected`, and `to_confirm` where the person is to be asked first.
 * All others are refusals.
 */
export type LinkUse =
  | 'connected'
  | 'already_connected'
  | 'to_confirm'
  | 'declined'
  | 'wrong_number'
  | 'unknown'
  | 'foreign'
  | 'used'
  | 'expired'
  | 'wrong_chat'
  | 'not_administrator'
  | 'taken'

type Scope = InTransaction<SystemScope> & { sealer: Sealer }

/** Connects the chat in which a token was sent, in the transaction that uses the token up. */
export async function useConnectLink(
  scope: Scope,
  opened: OpenedLink,
): Promise<{ use: LinkUse; link: ConnectLink | null }> {
  const link = await lockConnectLink({ ...scope, botId: opened.botId }, opened.key)
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
  if (!isRightChat(link.chat, opened.chat)) return refuse(scope, link, 'wrong_chat')
  const rules = await db.tenant.findUniqueOrThrow({
    where: { id: tenantId },
    select: { chatSharing: true, groupConnect: true },
  })
  if (link.chat === 'group' && rules.groupConnect === 'administrators' && !opened.speaksForChat()) {
    return refuse(scope, link, 'not_administrator')
  }
  const others = await findOthers(scope, link, chatId)
  if (others.length > 0 && opened.answer === undefined) await recordConflict(scope, link, others, rules.chatSharing)
  const isFull = rules.chatSharing === 'share' && others.length >= sharersMax
  if (isFull || (others.length > 0 && rules.chatSharing === 'refuse')) return refuse(scope, link, 'taken')
  const unconfirmed = own?.status === 'active' ? undefined : await confirm(scope, opened, link)
  if (unconfirmed) return unconfirmed

  if (others.length > 0 && rules.chatSharing === 'move') {
    const where = { tenantId, botId, chatId, NOT: { userId } }
    await endConnections(scope, where, { status: 'gone', reason: 'moved' })
  }
  if (link.replace) {
    await endConnections(scope, { tenantId, userId, NOT: { botId, chatId } }, { status: 'gone', reason: 'replaced' })
  }
  if (link.replacesId !== null) {
    await endConnections(scope, { tenantId, userId, id: link.replacesId }, { status: 'gone', reason: 'moved_to_bot' })
  }
  const connectionId = await connect(scope, link, opened, own)
  await db.connectLink.update({
    where: { tenantId_id: { tenantId, id: link.id } },
    data: {
      status: 'used',
      usedAt: new Date(),
      startedAt: link.startedAt ?? new Date(),
      connectionId,
      displayName: personName(opened),
    },
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

/** The link stays as it is: whoever was refused may do it the right way. */
async function refuse<Use extends LinkUse>({ db }: Scope, link: ConnectLink, use: Use): Promise<Use> {
  await recordStart(db, link)
  const { tenantId, id, userId } = link
  await recordEvents(db, [
    { tenantId, type: 'link.refused', data: { connect_link_id: id, user_id: userId, reason: use } },
  ])
  return use
}

async function recordStart(db: Scope['db'], { tenantId, id, startedAt }: ConnectLink): Promise<void> {
  if (startedAt !== null) return
  await db.connectLink.update({ where: { tenantId_id: { tenantId, id } }, data: { startedAt: new Date() } })
}

/** Each message in a chat is told once for everybody to whom it belongs: so many users of a tenant may share one. */
const sharersMax = 1_000
/** So many of them are named where somebody else comes. */
const toldMax = 100

/** Other users of the tenant to whom the chat belongs. */
async function findOthers({ db }: Scope, { tenantId, userId, botId }: ConnectLink, chatId: bigint): Promise<string[]> {
  const taken = await db.connection.findMany({
    where: { tenantId, botId, chatId, NOT: { userId }, status: { in: ['active', 'blocked'] } },
    select: { userId: true },
    take: sharersMax,
  })
  return taken.map((other) => other.userId)
}

async function recordConflict(
  { db }: Scope,
  { tenantId, id, userId }: ConnectLink,
  others: string[],
  policy: string,
): Promise<void> {
  await recordEvents(db, [
    {
      tenantId,
      type: 'link.conflict',
      data: { connect_link_id: id, user_id: userId, other_user_ids: others.slice(0, toldMax), policy },
    },
  ])
}

/**
 * Asks the person, or looks at what they answered. Somebody who was sent a link of another's account is to notice it, and
 * nobody is to guess: an answer that is not right ends the link.
 * @returns what to say; undefined where nothing stands in the way.
 */
async function confirm(scope: Scope, { answer }: OpenedLink, link: ConnectLink): Promise<LinkUse | undefined> {
  if (link.confirm === 'none') return undefined
  if (answer === undefined) {
    await recordStart(scope.db, link)
    return 'to_confirm'
  }
  if (link.confirm === 'number' ? answer === link.number : answer === 'yes') return undefined
  const use = answer === 'no' ? 'declined' : 'wrong_number'
  const { tenantId, id } = link
  await scope.db.connectLink.update({ where: { tenantId_id: { tenantId, id } }, data: { status: 'revoked' } })
  tellAfterCommit(scope, LinkEnded, id)
  return refuse(scope, link, use)
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
  const facts = {
    status: 'active',
    displayName: displayName(opened.chat),
    endedAt: null,
    endedReason: null,
    connectedBy: opened.from === undefined ? null : BigInt(opened.from.id),
    forumTopic: opened.forumTopic === undefined ? null : BigInt(opened.forumTopic),
    mutedUntil: null,
  }
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
