import {
  countFormerlySealed as countRows,
  type Database,
  readFormerlySealed,
  replaceSealed,
  type SealedRow,
  type SealedTable,
  sealedTables,
  type Transaction,
} from '@tellwire/db'
import { botTokenPlace } from '../bots/bot-secrets.js'
import { keptResultPlace } from '../idempotency/keep-once.js'
import { webhookHeadersPlace, webhookSecretPlace } from '../webhooks/sign.js'
import { lastingKeyPlace } from './open-sealer.js'
import type { SealedPlace, Sealer } from './sealer.js'

/** How many secrets of one table were sealed anew. */
export interface Resealed {
  table: string
  /** Secrets that were sealed with a former key, and are sealed with the first one now. */
  resealed: number
  /** Secrets that no key of the configuration opens: they are as they were. */
  unreadable: number
}

interface Kind {
  table: SealedTable
  placeOf: (row: SealedRow, column: string) => SealedPlace
}

const kinds: readonly Kind[] = [
  { table: sealedTables.lastingKeys, placeOf: ({ id }) => lastingKeyPlace(String(id)) },
  {
    table: sealedTables.bots,
    placeOf: (row) =>
      botTokenPlace({ tenantId: textOf(row['tenant_id']), telegramId: BigInt(String(row['telegram_id'])) }),
  },
  {
    table: sealedTables.webhookEndpoints,
    placeOf(row, column) {
      const endpoint = { tenantId: String(row['tenant_id']), id: String(row['id']) }
      return column === 'headers_sealed' ? webhookHeadersPlace(endpoint) : webhookSecretPlace(endpoint)
    },
  },
  {
    table: sealedTables.idempotencyKeys,
    placeOf: (row) => keptResultPlace({ tenantId: String(row['tenant_id']), key: String(row['key']) }),
  },
]

const rowsAtOnce = 500

/**
 * Seals all secrets with the first key that were sealed with another one, while the service runs. Cut off anywhere, it goes on
 * from there when it is called again.
 */
export async function resealSecrets(db: Database, sealer: Sealer): Promise<Resealed[]> {
  const resealed: Resealed[] = []
  for (const kind of kinds) resealed.push(await resealTable(db, sealer, kind))
  return resealed
}

async function resealTable(db: Database, sealer: Sealer, { table, placeOf }: Kind): Promise<Resealed> {
  const result = { table: table.name, resealed: 0, unreadable: 0 }
  let after: SealedRow | undefined
  do {
    const rows = await readFormerlySealed(db, table, { mark: sealer.mark, after, countMax: rowsAtOnce })
    for (const row of rows) {
      for (const column of table.columns) {
        const sealed = row[column]
        if (!(sealed instanceof Uint8Array) || isMarked(sealer, sealed)) continue
        const anew = sealAnew(sealer, placeOf(row, column), sealed)
        if (!anew) result.unreadable++
        // One that was replaced meanwhile was sealed with the first key.
        else if (await replaceSealed(db, table, { row, column, sealed: anew })) result.resealed++
      }
    }
    after = rows.length < rowsAtOnce ? undefined : rows.at(-1)
  } while (after)
  return result
}

function sealAnew(sealer: Sealer, place: SealedPlace, sealed: Uint8Array): Uint8Array | undefined {
  try {
    return new Uint8Array(sealer.seal(place, sealer.unseal(place, sealed)))
  } catch {
    return undefined
  }
}

const countedMax = 10_000

/** Counts rows with secrets that are sealed with a former key, up to 10,000 a table. Answers that are kept for a day are left out. */
export async function countFormerlySealed(db: Transaction, { mark }: Sealer): Promise<number> {
  const lasting = kinds.filter(({ table }) => table.name !== sealedTables.idempotencyKeys.name)
  const counts = await Promise.all(lasting.map(({ table }) => countRows(db, table, { mark, countMax: countedMax })))
  return counts.reduce((sum, count) => sum + count, 0)
}

function isMarked({ mark }: Sealer, sealed: Uint8Array): boolean {
  return mark.equals(sealed.subarray(0, mark.length))
}

function textOf(value: SealedRow[string] | undefined): string | null {
  return typeof value === 'string' ? value : null
}
