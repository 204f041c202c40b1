import { type Database, noteListening } from '@tellwire/db'
import { createCache } from '../cache.js'

/** Which tenants ask for what people write to them. */
export interface Listening {
  /** Notes that a tenant has asked. It costs the database a statement an hour. */
  note(tenantId: string): void
}

const hourMs = 3_600_000

export function createListening(db: Database, onError: (error: unknown) => void): Listening {
  const noted = createCache({ keptForMs: hourMs, entriesMax: 10_000 }, (tenantId) => noteListening(db, tenantId))
  return {
    note(tenantId) {
      Promise.resolve(noted.get(tenantId)).catch(onError)
    },
  }
}
