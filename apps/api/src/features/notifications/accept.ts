import type { NotificationToAccept } from '@tellwire/db'
import { type AskedOptions, forgetExpired, type MessageOptions, sizeOf, type TenantScope } from '@tellwire/domain'
import type { Keeping, Needs, Sized, Writing } from '../../context.js'
import { ApiError, isApiError, refusal } from '../../errors.js'
import { assertRoom, type Limiting, notificationQuotas, takeFromQuotas } from '../../limits/tenant-quotas.js'
import { type AcceptanceFacts, completeFacts } from './acceptance-facts.js'
import { createPointer, findEarlierAcceptance } from './find-earlier-acceptance.js'
import { readNewNotification } from './read-new-notification.js'
import type { NewNotification } from './schemas.js'

type Scope = TenantScope &
  Keeping &
  Limiting &
  Sized &
  Writing &
  Needs<'accepter' | 'addresses' | 'boundedWork' | 'capacity' | 'gates' | 'quotas' | 'totals'>

/** How many users the notifications of one request may name together. */
export const recipientsMax = 10_000

/** One notification of a request: what was posted, with what it asks, or why it cannot be read. */
export type Posted = { input: NewNotification; asked?: AskedOptions } | { refusal: ApiError }

export interface Accepted {
  /** By the place in the request: what is on disk, or why it is not. */
  outcomes: (AcceptanceFacts | ApiError)[]
  isReplayed: boolean
}

type Read = NotificationToAccept | ApiError

/**
 * Accepts the notifications of one request in one commit: all of them, or as many as can be sent. When it returns,
 * they are on disk with their deliveries. A request that was carried out before leads to what it has led to then.
 */
export async function accept(scope: Scope, posted: readonly Posted[], isAtomic: boolean): Promise<Accepted> {
  assertRecipients(posted)
  const items = await scope.gates.statements.pass(scope.tenantId, () => readAll(scope, posted))
  const notifications = items.filter((item): item is NotificationToAccept => !(item instanceof Error))
  const isHopeless = notifications.length === 0 || (isAtomic && notifications.length < items.length)

  const stored = isHopeless ? nothingStored : await storeWithinLimits(scope, notifications, isAtomic)
  if (stored.facts.length > 0) return { outcomes: toOutcomes(items, stored), isReplayed: false }
  // What could be accepted when the request came first may be too late now.
  const earlier = await findEarlierAcceptance(scope)
  if (earlier) return { outcomes: toOutcomes(items, { ...nothingStored, facts: earlier }), isReplayed: true }
  const { idempotency } = scope
  if (idempotency && !isHopeless && (await forgetExpired(scope.db, scope.tenantId, idempotency))) {
    return accept(scope, posted, isAtomic)
  }
  return { outcomes: toOutcomes(items, stored), isReplayed: false }
}

/**
 * Tells that something beside a notification could not be written after that was accepted: to whoever has an idempotency key, and
 * asks again for the same. Anybody else would send it twice.
 */
export function orSentTwice({ idempotency, log }: Scope, notificationId: string): (error: unknown) => void {
  return (error) => {
    if (idempotency) throw error
    log.error({ err: error, notificationId }, 'a notification was accepted without what belongs to it')
  }
}

/** @throws `too_many_recipients` */
function assertRecipients(posted: readonly Posted[]): void {
  const count = posted.reduce((sum, item) => sum + ('input' in item ? (item.input.to.user_ids?.length ?? 1) : 0), 0)
  if (count <= recipientsMax) return
  const detail = `names ${count} recipients; a request takes ${recipientsMax}`
  throw refusal('too_many_recipients', `The request ${detail}.`, { pointer: '', detail })
}

interface Stored {
  /** None where nothing was accepted. */
  facts: AcceptanceFacts[]
  /** The ids of those that there is nobody to send to. */
  unreachable: ReadonlySet<string>
  /** By place: duplicates that could not be led to their notifications. */
  failed: ReadonlyMap<number, ApiError>
}

const nothingStored: Stored = { facts: [], unreachable: new Set(), failed: new Map() }

/** Reads one after the other: what needs looking up takes one connection of the database, however long the list. */
async function readAll(scope: Scope, posted: readonly Posted[]): Promise<Read[]> {
  const items: Read[] = []
  for (const [position, item] of posted.entries()) items.push(await read(scope, item, position))
  return items
}

async function read(scope: Scope, item: Posted, position: number): Promise<Read> {
  if ('refusal' in item) return item.refusal
  try {
    const notification = await readNewNotification(scope, item.input, position)
    const { content } = notification
    const options: MessageOptions = { ...content.options, ...(item.asked ? { question: item.asked } : {}) }
    return { ...notification, content: { ...content, options } }
  } catch (error) {
    if (isApiError(error)) return error
    throw error
  }
}

/** A request that was carried out before is answered like then, whatever is left of its tenant's limits. */
async function storeWithinLimits(
  scope: Scope,
  notifications: NotificationToAccept[],
  isAtomic: boolean,
): Promise<Stored> {
  try {
    await assertRoom(scope, 'pending_deliveries', sizeOf({ notifications }))
    await takeFromQuotas(scope, notificationQuotas, notifications.length)
  } catch (error) {
    const earlier = isApiError(error) ? await findEarlierAcceptance(scope) : undefined
    if (!earlier) throw error
    return nothingStored
  }
  return store(scope, notifications, isAtomic)
}

async function store(scope: Scope, notifications: NotificationToAccept[], isAtomic: boolean): Promise<Stored> {
  const { accepter, bodyBytes, idempotency } = scope
  const acceptances = await accepter.accept({ notifications, isAtomic, idempotency, bytes: bodyBytes })
  const unreachable = new Set(acceptances.flatMap(({ id, result }) => (result === 'unreachable' ? [id] : [])))
  if (acceptances.every(({ result }) => result === 'refused' || result === 'unreachable')) {
    return { ...nothingStored, unreachable }
  }
  const complete = acceptances.map((acceptance, index) => {
    const [notification] = notifications.slice(index, index + 1)
    if (!notification) throw new Error('the accept statement left a notification out')
    return { facts: completeFacts(notification, acceptance), isDuplicate: acceptance.result === 'duplicate' }
  })
  return { ...(await pointDuplicates(scope, complete)), unreachable }
}

/**
 * Leads duplicates to the notifications that they are of. What is on disk by now is never answered with an error: where the
 * database goes away at this moment, only the duplicates are, of which nothing was done.
 */
async function pointDuplicates(
  scope: Scope,
  acceptances: readonly { facts: AcceptanceFacts; isDuplicate: boolean }[],
): Promise<Pick<Stored, 'facts' | 'failed'>> {
  if (!acceptances.some(({ isDuplicate }) => isDuplicate)) {
    return { facts: acceptances.map(({ facts }) => facts), failed: nothingStored.failed }
  }
  const failed = new Map<number, ApiError>()
  const facts: AcceptanceFacts[] = []
  const point = createPointer(scope)
  // One after the other, however many there are in a batch.
  const pointAll = async (): Promise<void> => {
    for (const { facts: own, isDuplicate } of acceptances) {
      try {
        facts.push(isDuplicate ? await point(own) : own)
      } catch (error) {
        if (acceptances.every((each) => each.isDuplicate)) throw error
        scope.log.warn({ err: error, notificationId: own.id }, 'a duplicate could not be led to its notification')
        failed.set(own.position, isApiError(error) ? error : duplicateUnread(error))
      }
    }
  }
  await scope.gates.statements.pass(scope.tenantId, pointAll)
  const { idempotency } = scope
  if (idempotency && failed.size === 0) {
    // A repeated request finds them again without it.
    await keepFacts(scope, idempotency.key, facts).catch((error: unknown) =>
      scope.log.warn({ err: error }, 'where duplicates lead was not kept'),
    )
  }
  return { facts, failed }
}

function duplicateUnread(cause: unknown): ApiError {
  return new ApiError(
    'service_unavailable',
    'It is a duplicate, and the earlier notification cannot be read just now.',
    {
      cause,
    },
  )
}

/** From now on the idempotency key stands for the earlier notifications. */
async function keepFacts({ db, tenantId }: Scope, key: string, facts: readonly AcceptanceFacts[]): Promise<void> {
  await db.idempotencyKey.updateMany({
    where: { tenantId, key },
    data: { result: { acceptances: facts.map((each) => ({ ...each })) } },
  })
}

function toOutcomes(items: readonly Read[], { facts: all, unreachable, failed }: Stored): Accepted['outcomes'] {
  const byPosition = new Map(all.map((facts) => [facts.position, facts]))
  return items.map((item, position) => {
    const facts = byPosition.get(position)
    if (facts?.is_reachable) return facts
    if (item instanceof Error) return item
    const failure = failed.get(position)
    if (failure) return failure
    return facts || unreachable.has(item.id) ? notConnected(item.target) : keptOut()
  })
}

/** Nothing is wrong with it, but with others of its batch. */
function keptOut(): ApiError {
  return new ApiError('batch_refused', 'It was not accepted because of others of its batch.')
}

function notConnected(target: unknown): ApiError {
  const [field = 'user_id'] = Object.keys(target ?? {})
  return new ApiError(
    'user_not_connected',
    'There is no active connection to send to. Give the user a connect link first.',
    { errors: [{ pointer: `/to/${field}`, code: 'user_not_connected', detail: 'has no active connection' }] },
  )
}
