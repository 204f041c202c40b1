// A process of its own, so that what it does delays nobody's measuring: carries out the attacks that it is told to.
import { createAttacker } from './attacker.js'
import { attacks } from './attacks.js'

interface Order {
  names: string[]
  seconds: number
}

const attacker = createAttacker({
  port: Number(process.env['API_PORT']),
  key: process.env['ATTACKER_KEY'] ?? '',
  address: '127.0.0.2',
  userIds: Array.from({ length: Number(process.env['ATTACKER_USERS']) }, (_, index) => `a${index + 1}`),
})

process.on('message', ({ names, seconds }: Order) => {
  const signal = AbortSignal.timeout(seconds * 1_000)
  const all = names.map(async (name) => attacks[name]?.(attacker, signal).catch(() => undefined))
  void Promise.all(all).then(() => process.send?.({ isOver: true }))
})
process.on('disconnect', () => process.exit(0))
process.on('SIGTERM', () => process.exit(0))
process.send?.({ isReady: true })
