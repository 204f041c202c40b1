import type { Transaction } from '@tellwire/db'

export type EventType =
  | 'user.connected'
  | 'user.disconnected'
  | 'user.blocked'
  | 'user.unblocked'
  | 'user.migrated'
  | 'link.used'
  | 'bot.unauthorized'
  | 'bot.restored'

export interface NewEvent {
  tenantId: string
  type: EventType
  data: Record<string, string | number | null>
}

/** To be called in the transaction of what happened, so that neither is ever there without the other. */
export async function recordEvents(db: Transaction, events: NewEvent[]): Promise<void> {
  if (events.length > 0) await db.event.createMany({ data: events })
}
