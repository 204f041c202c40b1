import { ApiError, ConnectionError, TimeoutError } from '@tellwire/sdk'

/** With what the command ends, by what went wrong. */
export const exitCodes = {
  ok: 0,
  unexpected: 1,
  usage: 2,
  notAllowed: 3,
  notFound: 4,
  refused: 5,
  rateLimited: 6,
  unavailable: 7,
  timeout: 8,
  /** What was asked for was done, and the answer is bad: a delivery failed, the audit was changed, something is wrong. */
  bad: 9,
  interrupted: 130,
} as const

/** Ends the command with a sentence, and no stack. */
export class CommandError extends Error {
  readonly exitCode: number

  constructor(message: string, exitCode: number = exitCodes.usage) {
    super(message)
    this.exitCode = exitCode
  }
}

export function exitCodeOf(error: unknown): number {
  if (error instanceof CommandError) return error.exitCode
  if (error instanceof TimeoutError) return exitCodes.timeout
  if (error instanceof ConnectionError) return exitCodes.unavailable
  if (!(error instanceof ApiError)) return exitCodes.unexpected
  const { status } = error
  if (status === 401 || status === 403) return exitCodes.notAllowed
  if (status === 404 || status === 410) return exitCodes.notFound
  if (status === 429) return exitCodes.rateLimited
  return status >= 500 ? exitCodes.unavailable : exitCodes.refused
}

export const exitCodesHelp = `
Exit codes:
  0  done                        5  refused: something in the request is wrong, or in the way
  1  an error of the program     6  too much at once
  2  wrong usage                 7  the service cannot be reached
  3  the key may not do that     8  it took too long
  4  there is no such thing      9  done, with a bad result: a delivery failed, a check found something
`
