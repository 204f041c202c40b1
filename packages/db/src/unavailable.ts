/** The database is away or overloaded, or does not take anything just now: trying again may help. */
const unavailableCodes = new Set([
  'P1001',
  'P1002',
  'P1008',
  'P1017',
  'P2024',
  'P2028',
  'ECONNREFUSED',
  'ECONNRESET',
  '57P01',
  '57P02',
  '57P03',
  '57014',
  '40P01',
  '55P03',
  'P2034',
  'P2037',
  'ETIMEDOUT',
  'EPIPE',
  '53300',
  // It can be read and not written: a standby, or no room on its disk.
  '25006',
  '53100',
  '53200',
  '58030',
])

const unavailableMessages =
  /timeout exceeded when trying to connect|Query read timeout|Connection terminated|Can't reach database|Server has closed the connection/

/** Whether an error is the database's trouble, and not that of what was asked. */
export function isDatabaseUnavailable(error: unknown): boolean {
  return (
    codesOf(error).some((code) => unavailableCodes.has(code)) ||
    (error instanceof Error && unavailableMessages.test(error.message))
  )
}

const fullCodes = new Set(['53100', 'ENOSPC'])

/** Whether an error says that the database has no room left on its disk. */
export function isDatabaseFull(error: unknown): boolean {
  return codesOf(error).some((code) => fullCodes.has(code))
}

/** The code of an error, and those of what caused it: Prisma puts Postgres' own into what it adds. */
export function codesOf(error: unknown): string[] {
  if (typeof error !== 'object' || error === null) return []
  const { code, originalCode, kind, cause, meta, driverAdapterError } = error as Record<string, unknown>
  const own = [code, originalCode, kind].filter((value) => typeof value === 'string')
  return [...own, ...[cause, meta, driverAdapterError].flatMap(codesOf)]
}
