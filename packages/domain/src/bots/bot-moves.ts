import { type Database, type InTransaction, newId, type Prisma } from '@tellwire/db'
import type { SystemScope } from '../scope.js'

/** A tenant that leaves a bot, or invites its people from there to another one. */
export type BotMove = Prisma.BotMoveGetPayload<object>

interface Asked {
  tenantId: string
  botId: string
  /** Null where the connections are to end. */
  toBotId: string | null
}

/**
 * Asks for tenants' connections through a bot to end, or for their people to be invited to another. One of a kind runs at a time.
 * @returns how many of them are new.
 */
export async function askToMove(
  { db }: InTransaction<Pick<SystemScope, 'db'>>,
  asked: readonly Asked[],
): Promise<number> {
  const data = asked.map((each) => ({ id: newId(), ...each }))
  const { count } = await db.botMove.createMany({ data, skipDuplicates: true })
  return count
}

export async function findDueMove(db: Database): Promise<BotMove | null> {
  return db.botMove.findFirst({ where: { doneAt: null, dueAt: { lte: new Date() } }, orderBy: { dueAt: 'asc' } })
}

const retryAfterMs = 60_000

/** Puts a move off that did not succeed, so that it holds up no other. */
export async function putOffMove(db: Database, { id }: BotMove): Promise<void> {
  await db.botMove.updateMany({ where: { id, doneAt: null }, data: { dueAt: new Date(Date.now() + retryAfterMs) } })
}
