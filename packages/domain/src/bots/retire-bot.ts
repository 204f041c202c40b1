import type { Transaction } from '@tellwire/db'

/** Takes a bot out of service for good, with its token and the links to it. Its number can be registered again. */
export async function retireBot(db: Transaction, botId: string): Promise<void> {
  await db.bot.update({
    where: { id: botId },
    data: { status: 'deleted', tokenSealed: new Uint8Array(), telegramId: idOfNobody(botId), updateMode: 'webhook' },
  })
  await db.lane.update({
    where: { botId },
    data: { parkedReason: 'bot_deleted', pausedUntil: null, tokenVersion: { increment: 1 } },
  })
  await db.updatePoller.update({ where: { botId }, data: { isWanted: false } })
  await db.connectLink.updateMany({ where: { botId, status: 'pending' }, data: { status: 'revoked' } })
}

/** An id that no bot of Telegram's has: it may be registered, and deleted, again and again. From the random end of a UUID. */
function idOfNobody(botId: string): bigint {
  return -BigInt(`0x${botId.replaceAll('-', '').slice(-15)}`)
}
