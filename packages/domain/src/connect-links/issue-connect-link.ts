import { randomInt } from 'node:crypto'
import { type InTransaction, newId, type Prisma, toJsonColumn } from '@tellwire/db'
import { usableBy } from '../bots/usable-by.js'
import { Refusal } from '../refusal.js'
import type { TenantScope } from '../scope.js'
import type { Sealer } from '../secrets/sealer.js'
import { maskAccountLabel } from './mask-account-label.js'
import { codeOfToken, generateConnectToken, hashConnectCode, hashConnectToken } from './token.js'

export type ConnectLink = Prisma.ConnectLinkGetPayload<object>
export const linkChats = ['private', 'group', 'channel'] as const
export type LinkChat = (typeof linkChats)[number]

/**
 * How a person says that the account is theirs, before the chat is connected to it: not at all, by a tap, or by choosing
 * of three numbers the one that the connect page shows, which nobody can do who was sent somebody else's link.
 */
export const linkConfirms = ['none', 'tap', 'number'] as const
export type LinkConfirm = (typeof linkConfirms)[number]

/** Rights of an administrator that a link for a group or channel may ask for, as Telegram names them in links. */
export const adminRights = [
  'change_info',
  'post_messages',
  'edit_messages',
  'delete_messages',
  'restrict_members',
  'invite_users',
  'pin_messages',
  'manage_topics',
  'promote_members',
  'manage_video_chats',
  'post_stories',
  'edit_stories',
  'delete_stories',
  'anonymous',
  'manage_chat',
] as const

export interface NewConnectLink {
  userId: string
  /** The bot that was named. Null for one that cannot exist, undefined for the only one that the tenant may use. */
  botId: string | null | undefined
  chat: LinkChat
  /** Seconds. */
  expiresIn: number
  /** Whether the user's other connections end when the link is used. */
  replace: boolean
  /** The connection that ends when the link is used. */
  replacesId?: string
  locale: string | undefined
  redirectUrl: string | undefined
  /** Undefined for what the tenant has set. */
  confirm: LinkConfirm | undefined
  /** What the account is called, for the person who is to recognise it. It is stored masked. */
  accountLabel: string | undefined
  adminRights: readonly string[]
  metadata: Record<string, unknown> | undefined
}

export interface IssuedConnectLink {
  link: ConnectLink
  /** The only time that anyone sees it. */
  token: string
  botUsername: string
}

type Issuing = Pick<TenantScope, 'db' | 'tenantId'> & { sealer: Sealer }

/**
 * Makes a link that connects one chat to one user, once. A user that is not known yet is created.
 * @throws {Refusal} `not_found`, `bot_required`.
 */
export async function issueConnectLink(
  scope: InTransaction<Issuing>,
  input: NewConnectLink,
): Promise<IssuedConnectLink> {
  const { db, tenantId } = scope
  const bot = await chooseBot(scope, input.botId)
  const { token, codeHash } = await chooseToken(scope, bot.id)
  const confirm = input.confirm ?? (await readConfirm(scope))
  const numbers = confirm === 'number' ? chooseNumbers() : []
  await db.user.createMany({ data: [{ tenantId, userId: input.userId }], skipDuplicates: true })
  const link = await db.connectLink.create({
    data: {
      id: newId(),
      tenantId,
      tokenHash: hashConnectToken(token),
      codeHash,
      confirm,
      numbers,
      number: numbers[randomInt(3)] ?? null,
      accountLabel: input.accountLabel === undefined ? null : maskAccountLabel(input.accountLabel),
      adminRights: [...input.adminRights],
      userId: input.userId,
      botId: bot.id,
      chat: input.chat,
      replace: input.replace,
      replacesId: input.replacesId ?? null,
      locale: input.locale ?? null,
      redirectUrl: input.redirectUrl ?? null,
      // It came as JSON.
      metadata: toJsonColumn(input.metadata ?? {}),
      expiresAt: new Date(Date.now() + input.expiresIn * 1_000),
    },
  })
  return { link, token, botUsername: bot.username }
}

/** A token whose code no other link of the bot has. */
async function chooseToken(
  scope: InTransaction<Issuing>,
  botId: string,
): Promise<{ token: string; codeHash: Uint8Array<ArrayBuffer> }> {
  const token = generateConnectToken()
  const [codeHash] = hashConnectCode(scope.sealer, codeOfToken(token))
  const isTaken = (await scope.db.connectLink.count({ where: { botId, codeHash } })) > 0
  return isTaken ? chooseToken(scope, botId) : { token, codeHash }
}

async function readConfirm({ db, tenantId }: InTransaction<Issuing>): Promise<string> {
  const { confirm } = await db.tenant.findUniqueOrThrow({ where: { id: tenantId }, select: { confirm: true } })
  return confirm
}

/** Three different numbers of two digits. */
function chooseNumbers(): number[] {
  const numbers = new Set<number>()
  while (numbers.size < 3) numbers.add(randomInt(10, 100))
  return [...numbers]
}

async function chooseBot(
  { db, tenantId }: InTransaction<Issuing>,
  botId: string | null | undefined,
): Promise<{ id: string; username: string }> {
  const bots =
    botId === null
      ? []
      : await db.bot.findMany({
          where: {
            ...usableBy(tenantId),
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
