import { setTimeout as delay } from 'node:timers/promises'
import { plain, type Reports } from './reports.js'

const goods = [
  { name: 'Teapot (blue)', price: 24.5, left: 3 },
  { name: 'Cup *2nd choice*', price: 4, left: 9 },
  { name: 'Tray [oak]', price: 31.9, left: 5 },
]
const customers = ['Ada', 'Grace_H', 'Hedy']

/** A shop that sells one thing after the other, to itself. */
export async function runShop(
  reports: Reports,
  { everyMs, signal }: { everyMs: number; signal: AbortSignal },
): Promise<void> {
  for (let sale = 1; !signal.aborted; sale++) {
    await delay(everyMs, undefined, { signal }).catch(() => undefined)
    if (signal.aborted) return
    const item = goods[sale % goods.length]
    if (!item) return
    item.left -= 1
    const buyer = customers[sale % customers.length] ?? ''
    try {
      await reports.report(
        `🧾 **Sale ${sale}**: ${plain(item.name)} for ${plain(item.price.toFixed(2))} € to ${plain(buyer)}`,
      )
      if (item.left === 2) await reports.report(`📦 **Stock**: two of ${plain(item.name)} are left`)
      if (item.left === 0) item.left = 10
    } catch (error) {
      console.error('a report could not be made:', error)
    }
  }
}
