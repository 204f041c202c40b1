import { readInteger, toAsciiLowerCase } from './characters.js'
import { LinkError, readHttpUrl, writeHttpUrl } from './http-url.js'

const userIdLimit = 2n ** 40n

/**
 * A link as Telegram stores it: with a scheme, the host in lower case, a path.
 * @throws {LinkError} for one that it would not open.
 */
export function normaliseLink(link: string): string {
  const scheme = /^(tg|ton|tonsite):/i.exec(link)?.[1]?.toLowerCase()
  if (scheme === undefined) {
    const url = readHttpUrl(link)
    if (!url.host.includes('.') && !url.isIpv6) throw new LinkError('Wrong HTTP URL')
    return writeHttpUrl(url)
  }
  const rest = link.slice(scheme.length + 1).replace(/^\/\//, '')
  const { scheme: inner, userinfo, port, isIpv6, host, query } = readHttpUrl(rest)
  if (/^http:\/\//i.test(rest) || inner === 'https' || userinfo !== '' || port !== 0 || isIpv6) {
    throw new LinkError(scheme === 'tg' ? 'Wrong tg URL' : 'Wrong ton URL')
  }
  if (!(scheme === 'tonsite' ? /^[\w.-]*$/ : /^[\w-]*$/).test(host)) {
    throw new LinkError('Unallowed characters in URL host')
  }
  return `${scheme}://${host}${query.replace(/^\/\?/, '?')}`
}

/** As `normaliseLink`; undefined for a link that Telegram would not open. */
export function findLink(link: string): string | undefined {
  try {
    return normaliseLink(link)
  } catch (error) {
    if (error instanceof LinkError) return undefined
    throw error
  }
}

/** The user of `tg://user?id=…`. */
export function findUserId(link: string): number | undefined {
  const id = findParameter(readTgQuery(toAsciiLowerCase(link), 'user'), 'id')
  const value = id === undefined ? undefined : readInteger(id, 64)
  return value !== undefined && value > 0n && value < userIdLimit ? Number(value) : undefined
}

/** The emoji of `tg://emoji?id=…`. */
export function findCustomEmojiId(link: string): string | undefined {
  const id = findParameter(readTgQuery(link, 'emoji'), 'id')
  return id === undefined ? undefined : readCustomEmojiId(id)
}

export function readCustomEmojiId(id: string): string | undefined {
  const value = readInteger(id, 64)
  return value === undefined || value === 0n ? undefined : value.toString()
}

/** The moment of `tg://time?unix=…&format=…`, with the format as it is written. */
export function findTime(link: string): { unixTime: number; format: string } | undefined {
  const query = readTgQuery(link, 'time')
  const unix = readInteger(findParameter(query, 'unix') ?? '', 32)
  return unix === undefined || unix <= 0n
    ? undefined
    : { unixTime: Number(unix), format: findParameter(query, 'format') ?? '' }
}

/**
 * The format of a moment as Telegram reports it: weekday, date, time; of a short and a long form the short one.
 * Undefined for letters that mean nothing, and for `r` beside others.
 */
export function readDateTimeFormat(format: string): string | undefined {
  if (format === 'r' || format === 'R') return 'r'
  if (!/^[tTdDwW]*$/.test(format)) return undefined
  const has = (letters: RegExp) => letters.test(format)
  const date = has(/d/) ? 'd' : has(/D/) ? 'D' : ''
  const time = has(/t/) ? 't' : has(/T/) ? 'T' : ''
  return `${has(/w/i) ? 'w' : ''}${date}${time}`
}

/** What stands between `?` and `#` in `tg://HOST?…`. */
function readTgQuery(link: string, host: string): string | undefined {
  return new RegExp(`^tg:(?://)?${host}/?\\?([^#]*)`, 'i').exec(link)?.[1]
}

function findParameter(query: string | undefined, name: string): string | undefined {
  const written = query?.split('&').find((parameter) => parameter.split('=', 1)[0] === name)
  return written === undefined ? undefined : written.slice(name.length + 1)
}
