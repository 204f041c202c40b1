import type { Tellwire } from '@tellwire/sdk'
import { isCommand, type KeptState, stateful, type StateStore } from '@tellwire/sdk/conversations'

/** Counts the messages of a chat from `/count` on, until nobody has written for a while. */
export function counting(tellwire: Tellwire, store: StateStore<KeptState<number>>, timeoutMs: number) {
  return stateful<number>(
    tellwire,
    'chat',
    async (count, event, say) => {
      if (isCommand(event, 'count')) {
        await say(count < 0 ? 'I count from now on.' : `${count} messages so far.`)
        return Math.max(0, count)
      }
      // Nobody has asked for it.
      if (count < 0) return undefined
      return event.type === 'message.received' ? count + 1 : count
    },
    {
      initial: () => -1,
      store,
      timeoutMs,
      onTimeout: (count, say) => say(`Those were ${count} messages.`),
    },
  )
}
