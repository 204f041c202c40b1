import type { Tellwire } from '@tellwire/sdk'
import { type Heard, type KeptState, type Say, stateful, type StateStore } from '@tellwire/sdk/conversations'
import { placeOf } from './map.js'

/** Where somebody is on the map, and the message that shows it. */
interface Walk {
  place: string
  message: string
}

const hint = 'Please tap one of the buttons above. /start begins again.'

/** Leads people over the map: one message shows where they are, and changes with every tap. */
export function guide(tellwire: Tellwire, store: StateStore<KeptState<Walk | null>>) {
  const show = (place: string) => {
    const { text, choices = [] } = placeOf(place)
    const buttons = choices.map(([label, leadsTo]) => ({ text: label, action: 'go', value: leadsTo }))
    return { text, buttons: buttons.length > 0 ? [buttons] : null }
  }

  async function begin(say: Say): Promise<Walk> {
    const { text, buttons } = show('begin')
    const { id } = await say({ text, ...(buttons ? { buttons } : {}) })
    return { place: 'begin', message: id }
  }

  async function step(walk: Walk | null, event: Heard, say: Say): Promise<Walk | null> {
    if (event.type === 'command.received' && event.data.command === 'start') return begin(say)
    if (event.type !== 'button.pressed') {
      await say(walk ? hint : 'I help to find a classifier. /start begins.')
      return walk
    }
    const { notification_id: message, value } = event.data
    const choice = placeOf(walk?.place ?? 'begin').choices?.find(([, leadsTo]) => leadsTo === value)
    // A button of an earlier walk, or one that was tapped twice.
    if (!walk || message !== walk.message || !choice) {
      await say('That question is over. /start begins again.')
      return walk
    }
    const [, place] = choice
    await tellwire.notifications.edit(message, show(place))
    return { ...walk, place }
  }

  return stateful<Walk | null>(tellwire, 'chat', step, { initial: () => null, store })
}
