const rfc3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/

const [earliestMs, latestMs] = [Date.UTC(1970, 0, 1), Date.UTC(9999, 11, 31, 23, 59, 59, 999)]

/**
 * RFC 3339, as far as a `Date` and an id of ours can hold it: in UTC from 1970 to 9999, no leap seconds, and no day
 * that its month does not have.
 */
export function isDateTime(text: string): boolean {
  const [, year, month, day] = rfc3339.exec(text) ?? []
  const atMs = Date.parse(text)
  if (year === undefined || !(atMs >= earliestMs && atMs <= latestMs)) return false
  // A Date carries the 30th of February over into March.
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)))
  return date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day)
}

export function isTimezone(name: string): boolean {
  return !/^[+-]/.test(name) && normaliseTimezone(name) !== undefined
}

/** The name of a time zone as everybody writes it; undefined where there is none. An alias stays the alias that it is. */
export function normaliseTimezone(name: string): string | undefined {
  try {
    const { timeZone } = new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions()
    if (timeZone.toLowerCase() === name.toLowerCase()) return timeZone
    return name.toLowerCase() === name ? name.replace(/(^|[/_-])([a-z])/g, (letter) => letter.toUpperCase()) : name
  } catch {
    return undefined
  }
}

export function isLocale(tag: string): boolean {
  return normaliseLocale(tag) !== undefined
}

/** A language tag as everybody writes it; undefined where it is none. */
export function normaliseLocale(tag: string): string | undefined {
  try {
    return Intl.getCanonicalLocales(tag)[0]
  } catch {
    return undefined
  }
}
