import { readInteger, toAsciiLowerCase } from './characters.js'
import { type LinkRefusal, readHttpUrl, writeHttpUrl } from './http-url.js'

const userIdLimit = 2n ** 40n

/** A link as Telegram stores it, with a scheme, the host in lower case and a path; or why it would not open it. */
export function checkLink(link: string): { url: string } | LinkRefusal {
  const scheme = /^(tg|ton|tonsite):/i.exec(link)?.[1]?.toLowerCase()
  if (scheme !== undefined) return checkTelegramLink(scheme, link.slice(scheme.length + 1).replace(/^\/\//, ''))
  const read = readHttpUrl(link)
  if ('refusal' in read) return read
  return read.host.includes('.') || read.isIpv6 ? { url: writeHttpUrl(read) } : { refusal: 'Wrong HTTP URL' }
}

function checkTelegramLink(scheme: string, rest: string): { url: string } | LinkRefusal {
  const read = readHttpUrl(rest)
  if ('refusal' in read) return read
  const { scheme: inner, userinfo, port, isIpv6, host, query } = read
  if (/^http:\/\//i.test(rest) || inner === 'https' || userinfo !== '' || port !== 0 || isIpv6) {
    return { refusal: scheme === 'tg' ? 'Wrong tg URL' : 'Wrong ton URL' }
  }
  if (!(scheme === 'tonsite' ? /^[\w.-]*$/ : /^[\w-]*$/).test(host)) {
    return { refusal: 'Unallowed characters in URL host' }
  }
  return { url: `${scheme}://${host}${query.replace(/^\/\?/, '?')}` }
}

/**
 * Whether it is an address as most are: of the web, with a name that has a dot, in lower case and in characters that nobody
 * writes in another way. Such a one is what it is for Telegram and in Markdown.
 */
export function isPlainAddress(link: string): boolean {
  return /^https?:\/\/(?:[a-z0-9-]+\.)+[a-z0-9-]+(?:\/[\w\-./?=&#~+]*)?$/.test(link)
}

/** As `checkLink`; undefined for a link that Telegram would not open. */
export function findLink(link: string): string | undefined {
  const checked = checkLink(link)
  return 'url' in checked ? checked.url : undefined
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
  const parameters = (readTgQuery(link, 'time') ?? '').split('&').map((written) => {
    const [name = '', ...value] = written.split('=')
    return { name, value: value.join('=') }
  })
  // Each of them has to be a moment; the last one counts.
  const times = parameters.filter(({ name }) => name === 'unix').map(({ value }) => readInteger(value, 32) ?? 0n)
  const unixTime = times.at(-1)
  if (unixTime === undefined || times.some((time) => time <= 0n)) return undefined
  return { unixTime: Number(unixTime), format: parameters.findLast(({ name }) => name === 'format')?.value ?? '' }
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
