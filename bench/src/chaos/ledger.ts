import { nowMs } from '../clock.js'
import type { Lab, Place } from '../lab.js'
import type { Arrival } from '../telegram/messages.js'

/** What was accepted, what arrived, and what was on its way when a fault struck. */
export interface Ledger {
  /** Records an accepted notification by its text. */
  accepted: Map<string, number>
  /** Deliveries whose request had arrived and whose outcome was not recorded when their worker was struck. */
  inFlightAtKills: number
  inFlightAtRestarts: number
  /** From a fault to the next arrival of a lane that it struck. */
  recoveriesMs: number[]
}

export function createLedger(): Ledger {
  return { accepted: new Map(), inFlightAtKills: 0, inFlightAtRestarts: 0, recoveriesMs: [] }
}

interface HeldLane {
  botId: string
  telegramId: string
  leaseUntil: string
  /** Texts of the deliveries that were claimed. */
  claimed: string[]
}

export interface Snapshot {
  atMs: number
  lanes: HeldLane[]
}

/** The lanes that somebody holds, and what is claimed in them. */
export async function takeSnapshot(place: Place): Promise<Snapshot> {
  const { rows } = await place.owner.query<{
    bot_id: string
    telegram_id: string
    lease_until: string
    claimed: string[]
  }>(`
    SELECT l.bot_id, b.telegram_id::text, l.lease_until::text, coalesce(array_agg(c.text) FILTER (WHERE c.text IS NOT NULL), '{}') AS claimed
    FROM lanes l JOIN bots b ON b.id = l.bot_id
    LEFT JOIN pending_deliveries p ON p.bot_id = l.bot_id AND p.claimed_by = l.holder
    LEFT JOIN notification_contents c ON c.tenant_id = p.tenant_id AND c.notification_id = p.notification_id
    WHERE l.holder IS NOT NULL
    GROUP BY l.bot_id, b.telegram_id, l.lease_until`)
  return {
    atMs: nowMs(),
    lanes: rows.map((row) => ({
      botId: row.bot_id,
      telegramId: row.telegram_id,
      leaseUntil: row.lease_until,
      claimed: row.claimed,
    })),
  }
}

/** Of the lanes of a snapshot, those whose lease nobody has renewed since: their holder was struck. */
export async function findStruck(place: Place, { lanes }: Snapshot): Promise<HeldLane[]> {
  const { rows } = await place.owner.query<{ bot_id: string }>(
    `SELECT l.bot_id FROM lanes l JOIN unnest($1::uuid[], $2::timestamptz[]) AS s (bot_id, lease_until)
     ON s.bot_id = l.bot_id AND s.lease_until = l.lease_until`,
    [lanes.map(({ botId }) => botId), lanes.map(({ leaseUntil }) => leaseUntil)],
  )
  const struck = new Set(rows.map((row) => row.bot_id))
  return lanes.filter(({ botId }) => struck.has(botId))
}

/** How many of the lanes' claimed deliveries had arrived by then. */
export function countArrived(lanes: HeldLane[], arrivals: Arrival[], byMs: number): number {
  const arrived = new Set(arrivals.filter(({ atMs, isAccepted }) => isAccepted && atMs <= byMs).map(({ text }) => text))
  return lanes.flatMap(({ claimed }) => claimed).filter((text) => arrived.has(text)).length
}

/** For each struck lane that had something claimed: how long until its next arrival. */
export function findRecoveries(lanes: HeldLane[], arrivals: Arrival[], sinceMs: number): number[] {
  return lanes
    .filter(({ claimed }) => claimed.length > 0)
    .flatMap(({ telegramId }) => {
      const next = arrivals.find(({ bot, atMs }) => bot === telegramId && atMs > sinceMs)
      return next ? [next.atMs - sinceMs] : []
    })
}

export interface Verdict {
  /** Accepted, and neither arrived nor in a final state. */
  lost: number
  /** Accepted and not in a final state. */
  unsettled: number
  /** Arrivals beyond the first, apart from those that follow a lost answer. */
  duplicates: number
  repeatsOfLostAnswers: number
}

/** Compares what was accepted with what arrived and with the final states. */
export async function judge(
  lab: Lab,
  place: Place,
  { accepted }: Ledger,
  lostAnswers: readonly string[],
): Promise<Verdict> {
  const arrivals = (await lab.telegram.arrivals()).filter(({ isAccepted }) => isAccepted)
  const times = new Map<string, number>()
  for (const { text } of arrivals) times.set(text, (times.get(text) ?? 0) + 1)
  const { rows } = await place.owner.query<{ text: string; status: string }>(
    `SELECT c.text, d.status FROM deliveries d
     JOIN notification_contents c ON c.tenant_id = d.tenant_id AND c.notification_id = d.notification_id`,
  )
  const final = new Set(
    rows.filter(({ status }) => !['queued', 'scheduled', 'awaiting_user'].includes(status)).map(({ text }) => text),
  )
  const repeats = [...times.values()].reduce((sum, count) => sum + count - 1, 0)
  const repeatsOfLostAnswers = lostAnswers.filter((text) => (times.get(text) ?? 0) > 1).length
  const lost = [...accepted.keys()].filter((text) => !times.has(text) && !final.has(text)).length
  const unsettled = [...accepted.keys()].filter((text) => !final.has(text)).length
  return { lost, unsettled, duplicates: repeats - repeatsOfLostAnswers, repeatsOfLostAnswers }
}
