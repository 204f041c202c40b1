import type { JobBackend, Listening } from './backend.js'

/** A direct word from process to process, some milliseconds faster than a job. It may get lost: nothing depends on it. */
export interface Announcement {
  name: string
  /** It goes two ways, through the queue's store and through the database, so that it is heard while one of them is away. */
  isUrgent?: boolean
}

/** A bot's lane has something to send; the key is the bot's UUID. */
export const LaneWakeUp: Announcement = { name: 'lane-wake-up' }

/** A worker that has more lanes than others lets one go that has something to send; the key is the bot's UUID. */
export const LaneOffered: Announcement = { name: 'lane-offered' }

/** Nothing more of a notification, or to a connection, is to go out now; the key is its UUID. */
export const DeliveriesWithdrawn: Announcement = { name: 'deliveries-withdrawn', isUrgent: true }

/** A bot has another token, another rate, or is gone; the key is the bot's UUID. */
export const BotChanged: Announcement = { name: 'bot-changed' }

/** Nobody can use a connect link any more; the key is the link's UUID. */
export const LinkEnded: Announcement = { name: 'link-ended' }

/** A question was answered, or can be no more; the key is its UUID. */
export const QuestionEnded: Announcement = { name: 'question-ended' }

/** Tells every process that listens. Never fails. */
export function announce(
  backend: JobBackend,
  { name, isUrgent = false }: Announcement,
  key: string,
  onError: (error: Error) => void,
): void {
  backend.publish(`${name} ${key}`, { isUrgent }).catch(onError)
}

/** Calls `listener` with the key of each announcement: at once where the store allows it, perhaps never; an urgent one perhaps twice. */
export function onAnnounced(
  backend: JobBackend,
  { name, isUrgent = false }: Announcement,
  listener: (key: string) => void,
): Listening {
  const prefix = `${name} `
  const onMessage = (message: string): void => {
    if (message.startsWith(prefix)) listener(message.slice(prefix.length))
  }
  return backend.listen(onMessage, { isUrgent })
}
