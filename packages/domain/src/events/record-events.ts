import { type EventData, type EventType, toJsonColumn, type Transaction } from '@tellwire/db'

/** An event of a tenant: its type says what its data are. */
export type NewEvent = {
  [Type in EventType]: { tenantId: string; type: Type; data: EventData[Type]; requestId?: string | undefined }
}[EventType]

/** Records events. To be called in the transaction of what happened, so that neither is ever there without the other. */
export async function recordEvents(db: Transaction, events: readonly NewEvent[]): Promise<void> {
  if (events.length === 0) return
  await db.event.createMany({
    data: events.map(({ requestId, ...event }) => ({
      ...event,
      data: toJsonColumn(event.data),
      requestId: requestId ?? null,
    })),
  })
}
