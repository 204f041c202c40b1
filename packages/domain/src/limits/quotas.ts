import { type Pool, takeFromQuota } from '@tellwire/db'
import type { JobBackend } from '@tellwire/jobs'
import { type QuotaName, quotaSeconds } from './tenant-limits.js'

/** Counts what tenants take in windows of time, together with all other processes. */
export interface Quotas {
  /**
   * Takes an amount, unless that would be more than the limit; then nothing is taken. Answers at once from what this
   * process took in advance.
   */
  take(tenantId: string, quota: QuotaName, limit: number, amount: number): Taken | Promise<Taken>
}

export interface Taken {
  isAllowed: boolean
  /** How much is left, as far as this process knows. */
  remaining: number
  /** In how many seconds the window ends, and the next begins. */
  resetSeconds: number
}

/** Adds to a count that all processes share. @returns the count, with what was added. */
export type SharedCount = (window: {
  tenantId: string
  quota: QuotaName
  windowStart: Date
  seconds: number
  amount: number
}) => Promise<number>

/** A share of a limit was used up: `percent` is 80 or 100. */
export type OnQuotaWarning = (warning: { tenantId: string; quota: QuotaName; limit: number; percent: 80 | 100 }) => void

/** Short windows are counted in Redis where there is one: they come and go. Long ones are to outlive it. */
const shortSeconds = 60
/**
 * Of a limit, so much at most is taken in advance by a process, and hardly more than it has used up already, or a part of
 * what it has used up the last time: what it does not use is lost to the others for the window.
 */
const blockShare = 1 / 20
const blockShareOfBefore = 1 / 4
/** Of a large limit it begins with so much, so that whoever comes first does not wait for one block after the other. */
const blockFirst = 256
const windowsMax = 50_000

export function createSharedCount(engine: Pool, { addToCount }: Pick<JobBackend, 'addToCount'>): SharedCount {
  return async (window) => {
    const { tenantId, quota, windowStart, seconds, amount } = window
    if (addToCount === undefined || seconds > shortSeconds) return takeFromQuota(engine, window)
    // While Redis is away the database counts: what was counted before is forgotten, and the limit holds from now on.
    return addToCount(`${tenantId}:${quota}:${windowStart.getTime()}`, amount, 2 * seconds).catch(() =>
      takeFromQuota(engine, window),
    )
  }
}

interface Limited {
  tenantId: string
  quota: QuotaName
  limit: number
}

interface Window {
  startMs: number
  limit: number
  /** How much this process used up in the window before. */
  spentBefore: number
  /** What this process may use of what it took from the shared count. */
  granted: number
  spent: number
  /** The shared count, when it was asked last; undefined before. */
  used: number | undefined
  isExhausted: boolean
  taking: Promise<void> | undefined
}

/**
 * Counts with blocks: a process takes some of a limit at a time, and asks again in the background before that is used
 * up, so that hardly any request waits. Together the processes never allow more than the limit.
 */
export function createQuotas(addShared: SharedCount, onWarning: OnQuotaWarning, now = Date.now): Quotas {
  const windows = new Map<string, Window>()

  const windowOf = ({ tenantId, quota, limit }: Limited, startMs: number): Window => {
    const key = `${tenantId} ${quota}`
    const known = windows.get(key)
    if (known?.startMs === startMs && known.limit === limit) return known
    const [oldest] = windows.keys()
    if (!known && windows.size >= windowsMax && oldest !== undefined) windows.delete(oldest)
    const spentBefore = known?.startMs === startMs ? known.spentBefore : (known?.spent ?? 0)
    const fresh: Window = {
      startMs,
      limit,
      spentBefore,
      granted: 0,
      spent: 0,
      used: undefined,
      isExhausted: false,
      taking: undefined,
    }
    windows.set(key, fresh)
    // The limit was changed: what was taken in advance under the other one goes back.
    if (known?.startMs === startMs) fresh.taking = giveBack({ tenantId, quota, limit }, known, fresh)
    return fresh
  }

  const giveBack = async (of: Limited, { granted, spent }: Window, to: Window): Promise<void> => {
    await addTo(of, to, spent - granted).catch(() => undefined)
    to.taking = undefined
  }

  const addTo = ({ tenantId, quota }: Limited, { startMs }: Window, amount: number): Promise<number> =>
    addShared({ tenantId, quota, windowStart: new Date(startMs), seconds: quotaSeconds[quota], amount })

  const blockOf = ({ limit, spent, spentBefore }: Window): number =>
    Math.max(1, Math.min(limit * blockShare, Math.max(blockFirst, spent, spentBefore * blockShareOfBefore)))

  const takeBlock = (window: Window, of: Limited, amount: number) => {
    const { tenantId, quota, limit } = of
    const block = Math.max(amount, Math.floor(blockOf(window)))
    window.taking ??= addTo(of, window, block)
      .then((used) => {
        const before = used - block
        window.used = Math.min(used, limit)
        window.granted += Math.max(0, Math.min(block, limit - before))
        window.isExhausted = used >= limit
        for (const percent of [80, 100] as const) {
          const threshold = (limit * percent) / 100
          if (before < threshold && used >= threshold) onWarning({ tenantId, quota, limit, percent })
        }
      })
      .finally(() => {
        window.taking = undefined
      })
    return window.taking
  }

  const lacks = (window: Window, amount: number): boolean =>
    amount <= window.limit &&
    !window.isExhausted &&
    (window.used === undefined || window.spent + amount > window.granted)

  const takeGranted = (window: Window, of: Limited, amount: number, resetSeconds: number): Taken => {
    const isAllowed = window.spent + amount <= window.granted
    if (isAllowed) window.spent += amount
    const left = window.granted - window.spent
    if (amount > 0 && !window.isExhausted && !window.taking && left < blockOf(window) / 2) {
      takeBlock(window, of, 1).catch(() => undefined)
    }
    return { isAllowed, remaining: Math.max(0, window.limit - (window.used ?? 0) + left), resetSeconds }
  }

  return {
    take(tenantId, quota, limit, amount) {
      const lengthMs = quotaSeconds[quota] * 1_000
      const nowMs = now()
      const startMs = nowMs - (nowMs % lengthMs)
      const of = { tenantId, quota, limit }
      const window = windowOf(of, startMs)
      const resetSeconds = Math.ceil((startMs + lengthMs - nowMs) / 1_000)
      if (!lacks(window, amount)) return takeGranted(window, of, amount, resetSeconds)
      const takeLater = async (): Promise<Taken> => {
        while (lacks(window, amount)) await takeBlock(window, of, amount)
        return takeGranted(window, of, amount, resetSeconds)
      }
      return takeLater()
    },
  }
}
