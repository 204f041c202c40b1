import {
  type Database,
  eraseTenant,
  eraseUser,
  inTransaction,
  newId,
  type ProveErasure,
  type Removed,
} from '@tellwire/db'
import { BotChanged } from '@tellwire/jobs'
import { proveErasure } from '../audit/audit-entry.js'
import { recordAudit } from '../audit/record-audit.js'
import { unsealBotToken } from '../bots/bot-secrets.js'
import { retireBot } from '../bots/retire-bot.js'
import { fileKey } from '../files/file-key.js'
import { type KeptAnswer, openKeptResult } from '../idempotency/keep-once.js'
import { showId } from '../ids.js'
import { type SystemScope, tellAfterCommit } from '../scope.js'
import type { Sealer } from '../secrets/sealer.js'
import type { StoredErasure } from './ask-for-erasure.js'

/**
 * `removeFile` removes an uploaded file by its key; removing what is not there is no error. `removeWebhook` asks Telegram to send
 * the updates of a bot nowhere. `beforeSlice` throws to end it.
 */
type Erasing = SystemScope & {
  sealer: Sealer
  removeFile: (key: string) => Promise<void>
  removeWebhook: (token: string) => Promise<void>
  beforeSlice: () => Promise<void>
}

/** Finds an erasure that is due: those of persons come before those of tenants, which take longer. */
export async function findDueErasure(db: Database): Promise<StoredErasure | null> {
  const due = { doneAt: null, dueAt: { lte: new Date() } }
  const ofPerson = { ...due, userDigest: { not: null } }
  const first = await db.erasure.findFirst({ where: ofPerson, orderBy: { dueAt: 'asc' } })
  return first ?? db.erasure.findFirst({ where: due, orderBy: { dueAt: 'asc' } })
}

const retryAfterMs = 60_000

/** Puts an erasure off that did not succeed, so that it holds up no other. */
export async function putOffErasure(db: Database, { id }: StoredErasure): Promise<void> {
  await db.erasure.updateMany({ where: { id, doneAt: null }, data: { dueAt: new Date(Date.now() + retryAfterMs) } })
}

/** Removes what is to be removed. What it has removed stays on record: how much, and neither who nor what. */
export async function erase(scope: Erasing, erasure: StoredErasure): Promise<void> {
  const { tenantId, userId } = erasure
  const { beforeSlice } = scope
  const prove: ProveErasure = (entry) => proveErasure(scope.sealer, entry)
  if (userId !== null) {
    const showConnectionId = (id: string): string => showId('con', id)
    const openKept = (kept: KeptAnswer): unknown => openKeptResult(scope.sealer, kept)
    const removed = await eraseUser(scope.db, { tenantId, userId, showConnectionId, prove, openKept, beforeSlice })
    return finish(scope, erasure, removed)
  }
  await retireBots(scope, tenantId)
  await removeFiles(scope, tenantId)
  await finish(scope, erasure, await eraseTenant(scope.db, { tenantId, prove, beforeSlice }))
}

/** Before what they have heard is removed, so that nothing comes in between. */
async function retireBots(scope: Erasing, tenantId: string): Promise<void> {
  const bots = await scope.db.bot.findMany({ where: { tenantId, status: { not: 'deleted' } } })
  for (const bot of bots) {
    await scope.beforeSlice()
    const token = readToken(scope, bot)
    if (token !== undefined) await scope.removeWebhook(token)
    await inTransaction(scope, async (scope) => {
      await retireBot(scope.db, bot.id)
      tellAfterCommit(scope, BotChanged, bot.id)
    })
  }
}

/** @returns undefined where no key opens it any more: the bot goes all the same. */
function readToken(
  { sealer, log }: Erasing,
  bot: Parameters<typeof unsealBotToken>[1] & { id: string },
): string | undefined {
  try {
    return unsealBotToken(sealer, bot)
  } catch (error) {
    log.warn({ err: error, botId: bot.id }, 'the webhook of a bot that is erased was not removed')
    return undefined
  }
}

async function removeFiles({ db, removeFile, beforeSlice }: Erasing, tenantId: string): Promise<void> {
  const stored = await db.file.findMany({ where: { tenantId }, select: { contentHash: true } })
  for (const { contentHash } of stored) {
    await beforeSlice()
    await removeFile(fileKey(tenantId, contentHash))
  }
}

async function finish(
  scope: Erasing,
  { id, tenantId, userId, userDigest }: StoredErasure,
  removed: Removed,
): Promise<void> {
  await inTransaction(scope, async (scope) => {
    const { db } = scope
    const { count } = await db.erasure.updateMany({
      where: { id, doneAt: null },
      data: { doneAt: new Date(), userId: null, removed },
    })
    // Somebody else has finished it.
    if (count === 0) return
    if (userId !== null) {
      const object = { type: 'user', id: userDigest ?? '' }
      await recordAudit(scope, { tenantId, action: 'user.erased', object, after: { removed } })
      return
    }
    await db.tenant.update({
      where: { id: tenantId },
      data: {
        erasedAt: new Date(),
        name: `erased ${newId().slice(-6)}`,
        brand: {},
        texts: {},
        origins: [],
        redirectHosts: [],
      },
    })
    const object = { type: 'tenant', id: showId('ten', tenantId) }
    await recordAudit(scope, { tenantId, action: 'tenant.erased', object, after: { removed } })
  })
}
