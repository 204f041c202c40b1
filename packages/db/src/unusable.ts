import { codesOf } from './unavailable.js'

/** A database that a process cannot begin with. Its message tells whoever has configured it what to mend. */
export class UnusableDatabaseError extends Error {
  override name = 'UnusableDatabaseError'
}

/** Of Node, of Postgres, and of Prisma: it is not there, or lets nobody in. */
const reasons: Record<string, string> = {
  ECONNREFUSED: 'nobody listens there',
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'the name of its host cannot be looked up',
  EHOSTUNREACH: 'its host cannot be reached',
  ETIMEDOUT: 'it does not answer',
  '28P01': 'it refuses the password',
  '28000': 'it does not let the user in',
  '3D000': 'there is no such database',
  '57P03': 'it is starting or stopping',
  DatabaseNotReachable: 'it cannot be reached',
  AuthenticationFailed: 'it refuses the password',
  DatabaseAccessDenied: 'it does not let the user in',
  DatabaseDoesNotExist: 'there is no such database',
  SocketTimeout: 'it does not answer',
}

/**
 * Returns what the first work with the database resolves with.
 * @throws {UnusableDatabaseError} where it cannot be reached, or lets nobody in.
 */
export async function orUnusable<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (cause) {
    const reason = codesOf(cause)
      .map((code) => reasons[code])
      .find((each) => each !== undefined)
    if (reason === undefined) throw cause
    throw new UnusableDatabaseError(
      `The database cannot be used: ${reason}. Check DATABASE_URL, and DATABASE_ENGINE_URL and DATABASE_DIRECT_URL where they are set.`,
      { cause },
    )
  }
}
