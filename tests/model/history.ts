/** What was asked of a notification, and when: what it may have come to follows from that. */
export interface Told {
  id: string
  /** Begins its text, whatever it is edited to. */
  mark: string
  acceptedAtMs: number
  /** When its request began: what was accepted before that goes first. */
  askedAtMs: number
  /** How many chats it was said to go to; null where that is counted later. */
  promised: number | null
  priority: string
  isScheduled: boolean
  isBroadcast: boolean
  ttl: number | undefined
  stopsIfUnknown: boolean
  wasPaused: boolean
  wasReplayed: boolean
  isTakenBack: boolean
  /** When a cancel was answered. */
  cancelledAtMs: number | undefined
  /** While a pause was answered and no resume was asked for. */
  pauses: { fromMs: number; toMs: number }[]
  /** Its texts, the last one last. */
  texts: string[]
}

/** Everything that happened in a run. */
export interface History {
  told: Told[]
  /** When something happened after which nobody knows what became of a call. */
  disturbedAtMs: number[]
  /** Calls that were to be refused as too fast. */
  floods: number
  /** Users whose chat has refused messages at some time. */
  refusedUsers: Set<string>
}

/** A delivery at the end of the run. */
export interface EndedDelivery {
  told: Told
  userId: string
  status: string
  failureCode: string | undefined
  /** When messages with its mark arrived in its chat. */
  arrivedAtMs: readonly number[]
  /** The message as it stands in the chat; undefined where there is none. */
  shown: string | undefined
  editStatus: string | undefined
}

/** A call is answered or given up within so long (its time-out, and some more on a busy machine). */
const callMs = 3_500

/** What the history does not allow, in words; empty where all is well. */
export function findFaults(history: History, deliveries: readonly EndedDelivery[]): string[] {
  return [...deliveries.flatMap((delivery) => faultsOf(history, delivery)), ...overtakings(deliveries)]
}

function faultsOf(history: History, delivery: EndedDelivery): string[] {
  const { told, userId, status, failureCode, arrivedAtMs } = delivery
  const name = `${told.mark} for ${userId} (${status}${failureCode === undefined ? '' : `, ${failureCode}`})`
  const disturbances = history.disturbedAtMs.filter((atMs) => atMs >= told.askedAtMs - callMs).length
  const isDoubtful = disturbances > 0
  const faults: [isFault: boolean, words: string][] = [
    [!mayEnd(history, delivery, isDoubtful), 'nothing led to that'],
    [status === 'sent' && arrivedAtMs.length === 0, 'it never arrived'],
    [
      (status === 'cancelled' || status === 'expired') && arrivedAtMs.length > 0 && !told.wasReplayed,
      'it arrived all the same',
    ],
    [arrivedAtMs.length > 1 + (told.stopsIfUnknown ? 0 : disturbances), `it arrived ${arrivedAtMs.length} times`],
    [arrivedAtMs.some((atMs) => atMs > (told.cancelledAtMs ?? Infinity) + callMs), 'it arrived after it was cancelled'],
    [
      told.pauses.some(({ fromMs, toMs }) => arrivedAtMs.some((atMs) => atMs > fromMs + callMs && atMs < toMs)),
      'it arrived while it was paused',
    ],
    [delivery.editStatus === 'pending', 'its edit is still to be made'],
    [isStale(delivery), `it shows "${delivery.shown}", its edit is ${delivery.editStatus ?? 'missing'}`],
  ]
  return faults.filter(([isFault]) => isFault).map(([, words]) => `${name}: ${words}`)
}

function mayEnd({ refusedUsers }: History, delivery: EndedDelivery, isDoubtful: boolean): boolean {
  const { told, userId, status, failureCode } = delivery
  switch (status) {
    case 'sent':
      return true
    case 'cancelled':
      return told.cancelledAtMs !== undefined
    case 'expired':
      return told.ttl !== undefined
    case 'failed':
      return failureCode?.startsWith('recipient_') === true && refusedUsers.has(userId)
    case 'unknown':
      return isDoubtful && (told.stopsIfUnknown || told.ttl !== undefined || told.cancelledAtMs !== undefined)
    default:
      return false
  }
}

/** Whether a message that was sent once and edited since shows something else than what was asked for last. */
function isStale({ told, status, shown, editStatus, arrivedAtMs }: EndedDelivery): boolean {
  if (status !== 'sent' || arrivedAtMs.length !== 1 || shown === undefined || told.isTakenBack) return false
  return editStatus !== 'failed' && shown !== told.texts.at(-1)
}

/** Messages of one chat that came in another order than they were accepted in. */
function overtakings(deliveries: readonly EndedDelivery[]): string[] {
  const streams = new Map<string, EndedDelivery[]>()
  for (const delivery of deliveries) {
    const { told, status, arrivedAtMs } = delivery
    // What was held back for a while joins its chat later than it was accepted.
    const isPlain = !told.isScheduled && !told.isBroadcast && !told.wasPaused && !told.wasReplayed
    if (!isPlain || status !== 'sent' || arrivedAtMs.length === 0) continue
    const stream = `${delivery.userId} ${told.priority}`
    streams.set(stream, [...(streams.get(stream) ?? []), delivery])
  }
  return [...streams.values()].flatMap((stream) => {
    const ordered = stream.toSorted((a, b) => a.told.askedAtMs - b.told.askedAtMs)
    return ordered.flatMap((later, index) => {
      const before = ordered[index - 1]
      if (!before || before.told.acceptedAtMs > later.told.askedAtMs) return []
      const isOvertaken = Math.min(...later.arrivedAtMs) < Math.min(...before.arrivedAtMs)
      return isOvertaken ? [`${later.told.mark} came before ${before.told.mark} to ${later.userId}`] : []
    })
  })
}
