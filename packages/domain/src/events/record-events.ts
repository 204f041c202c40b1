import type { Prisma, Transaction } from '@tellwire/db'

export type EventType =
  | 'user.connected'
  | 'user.disconnected'
  | 'user.blocked'
  | 'user.unblocked'
  | 'user.migrated'
  | 'link.used'
  | 'button.pressed'
  | 'bot.unauthorized'
  | 'bot.restored'

export interface NewEvent {
  tenantId: string
  type: EventType
  data: Record<string, unknown>
}

/** To be called in the transaction of what happened, so that neither is ever there without the other. */
export async function recordEvents(db: Transaction, events: NewEvent[]): Promise<void> {
  if (events.length === 0) return
  // What is told is made of JSON.
  await db.event.createMany({ data: events.map((event) => ({ ...event, data: event.data as Prisma.InputJsonObject })) })
}
