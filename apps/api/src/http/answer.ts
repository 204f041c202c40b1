import type { InTransaction } from '@tellwire/db'
import { type AdminScope, keepOnce } from '@tellwire/domain'
import type { Keeping } from '../context.js'

/** What a handler answers where it is more than a body with the usual status. */
export class Answer<Body = unknown> {
  readonly status: number
  readonly body: Body
  readonly headers: Record<string, string>

  constructor(status: number, body: Body, headers: Record<string, string> = {}) {
    this.status = status
    this.body = body
    this.headers = headers
  }
}

interface KeptAnswer<Result> {
  status: number
  /** The path of what was made. */
  locationOf?: (result: Result) => string
  /** The answer holds a secret, so that it is kept sealed. */
  isSecret?: boolean
}

/** Runs `work` once for each idempotency key, and answers with its result, or again with that of the first time. */
export async function answerOnce<Scope extends AdminScope & Keeping, Result>(
  scope: Scope,
  work: (scope: InTransaction<Scope>) => Promise<Result>,
  { status, locationOf, isSecret = false }: KeptAnswer<Result>,
): Promise<Answer<Result>> {
  const { result, isReplayed } = await keepOnce(scope, work, { isSecret })
  return new Answer(status, result, {
    ...(locationOf ? { location: locationOf(result) } : {}),
    ...replayedHeader(isReplayed),
  })
}

export function replayedHeader(isReplayed: boolean): Record<string, string> {
  return isReplayed ? { 'idempotency-replayed': 'true' } : {}
}
