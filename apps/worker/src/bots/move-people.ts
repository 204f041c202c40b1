import { enqueueReply, inTransaction, type InTransaction, type Prisma } from '@tellwire/db'
import {
  type BotMove,
  botRemoved,
  endConnections,
  issueConnectLink,
  type Sealer,
  type SystemScope,
  usableBy,
  wakeAfterCommit,
} from '@tellwire/domain'
import { DrainLane } from '@tellwire/jobs'
import { chooseLanguage, speak } from '@tellwire/texts'
import type { ReplyBody } from '../compose/reply-body.js'

type Moving = SystemScope & { sealer: Sealer }
type Connected = Prisma.ConnectionGetPayload<{ include: { chat: true; user: { select: { locale: true } } } }>

/** An invitation takes several statements, and a slice is one transaction. */
const atOnce = 50

/** Sees to the next connections of a move, or notes that it is done. @returns whether there may be more. */
export async function movePeople(scope: Moving, { id, tenantId, botId, toBotId }: BotMove): Promise<boolean> {
  return inTransaction(scope, async (scope) => {
    const { db } = scope
    const { afterId } = await db.botMove.findUniqueOrThrow({ where: { id }, select: { afterId: true } })
    const connections = await db.connection.findMany({
      where: {
        tenantId,
        botId,
        OR: [{ status: { in: ['active', 'blocked'] } }, { status: 'gone', endedReason: botRemoved }],
        ...(afterId === null ? {} : { id: { gt: afterId } }),
      },
      orderBy: { id: 'asc' },
      take: atOnce,
      include: { chat: true, user: { select: { locale: true } } },
    })
    const last = connections.at(-1)
    const bot = toBotId === null || !last ? undefined : await findTarget(scope, tenantId, toBotId)
    if (last === undefined || bot === null) {
      await db.botMove.update({ where: { id }, data: { doneAt: new Date() } })
      return false
    }
    const count = bot ? await invite(scope, tenantId, { bot, connections }) : await end(scope, tenantId, connections)
    await db.botMove.update({ where: { id }, data: { afterId: last.id, count: { increment: count } } })
    return true
  })
}

async function end(scope: InTransaction<Moving>, tenantId: string, connections: Connected[]): Promise<number> {
  const ids = connections.map(({ id }) => id)
  return endConnections(scope, { tenantId, id: { in: ids } }, { status: 'gone', reason: 'bot_left' })
}

interface Target {
  id: string
  username: string
}

/**
 * Finds the bot that people are invited to. @returns null where the tenant has it no more.
 * @throws while Telegram does not take its token: the move goes on when there is another.
 */
async function findTarget({ db }: InTransaction<Moving>, tenantId: string, id: string): Promise<Target | null> {
  const bot = await db.bot.findFirst({
    where: { id, ...usableBy(tenantId) },
    select: { id: true, username: true, status: true },
  })
  if (bot && bot.status !== 'active') throw new Error('the bot that people are invited to has no valid token')
  return bot
}

/** Only persons: in a group others would see the link. */
async function invite(
  scope: InTransaction<Moving>,
  tenantId: string,
  { bot, connections }: { bot: Target; connections: Connected[] },
): Promise<number> {
  const persons = connections.filter(({ chat, status }) => chat.type === 'private' && status === 'active')
  const { name } = await scope.db.tenant.findUniqueOrThrow({ where: { id: tenantId }, select: { name: true } })
  let invited = 0
  for (const person of persons) {
    if (await inviteOne(scope, person, { toBotId: bot.id, bot: `@${bot.username}`, tenant: name })) invited++
  }
  return invited
}

const expiresInSeconds = 7 * 86_400
/** With so many answers before it in the chat, an invitation would come to nobody's notice. */
const waitingMax = 5

/** The link stands in the message alone, and is gone from here once that was sent. */
async function inviteOne(
  scope: InTransaction<Moving>,
  { tenantId, userId, id, botId, chatId, chat, user }: Connected,
  { toBotId, bot, tenant }: { toBotId: string; bot: string; tenant: string },
): Promise<boolean> {
  const { token } = await issueConnectLink(
    { ...scope, tenantId },
    {
      userId,
      botId: toBotId,
      chat: 'private',
      expiresIn: expiresInSeconds,
      replace: false,
      replacesId: id,
      locale: user.locale ?? undefined,
      redirectUrl: undefined,
      // Whose account it is was said when this chat was connected.
      confirm: 'none',
      accountLabel: undefined,
      adminRights: [],
      metadata: undefined,
    },
  )
  const { say } = speak(chooseLanguage(chat.language, user.locale, chat.languageCode))
  const body: ReplyBody = {
    text: say('moved_to_bot', { tenant, bot }),
    buttons: [[{ text: say('go_to_bot', { bot }), url: `https://t.me/${bot.slice(1)}?start=${token}` }]],
  }
  const isQueued = await enqueueReply(scope.db, { botId, chatId, tenantId, body }, waitingMax)
  if (isQueued) wakeAfterCommit(scope, DrainLane, { botId })
  return isQueued
}
