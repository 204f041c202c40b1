import { isSpace, toAsciiLowerCase } from './characters.js'

export interface HttpUrl {
  scheme: 'http' | 'https'
  userinfo: string
  host: string
  isIpv6: boolean
  /** 0 where none is written. */
  port: number
  /** Path, query and fragment; begins with a slash. */
  query: string
}

/** Why Telegram does not open an address, in its words. */
export interface LinkRefusal {
  refusal: string
}

/**
 * Reads an address the way Telegram does, which is not the way browsers do: without a scheme it is http, and
 * nothing is resolved or decoded.
 */
export function readHttpUrl(address: string): HttpUrl | LinkRefusal {
  const written = /^([^:/?#@[\]]*):\/\//.exec(address)
  const scheme = toAsciiLowerCase(written?.[1] ?? 'http')
  if (scheme !== 'http' && scheme !== 'https') return { refusal: 'Unsupported URL protocol' }
  const rest = address.slice(written?.[0].length ?? 0)
  const authority = /^[^/?#]*/.exec(rest)?.[0] ?? ''
  const { port, rest: userinfoAndHost } = cutPort(authority)
  if (Number.isNaN(port)) return { refusal: 'Wrong port number specified in the URL' }
  const at = userinfoAndHost.lastIndexOf('@')
  const userinfo = at === -1 ? '' : userinfoAndHost.slice(0, at)
  const host = toAsciiLowerCase(userinfoAndHost.slice(at + 1))
  const isIpv6 = host.startsWith('[') && host.endsWith(']')
  const refusal = refuseHost(host, isIpv6) ?? (isIpv6 ? undefined : refuseCharacters(userinfo, 'userinfo'))
  if (refusal !== undefined) return { refusal }
  return { scheme, userinfo, host, isIpv6, port, query: readQuery(rest.slice(authority.length)) }
}

export function writeHttpUrl({ scheme, userinfo, host, port, query }: HttpUrl): string {
  return `${scheme}://${userinfo === '' ? '' : `${userinfo}@`}${host}${port === 0 ? '' : `:${port}`}${query}`
}

/** NaN for a port that cannot be. */
function cutPort(authority: string): { port: number; rest: string } {
  const colon = Math.max(...[':', ']', '@'].map((mark) => authority.lastIndexOf(mark)))
  if (colon <= 0 || authority[colon] !== ':') return { port: 0, rest: authority }
  const digits = authority.slice(colon + 1).replace(/^0+(?=.)/, '')
  const port = /^\d{1,5}$/.test(digits) ? Number(digits) : 0
  return { port: port === 0 || port > 65_535 ? Number.NaN : port, rest: authority.slice(0, colon) }
}

function refuseHost(host: string, isIpv6: boolean): string | undefined {
  if (host === '') return 'URL host is empty'
  if (host === '.') return 'Host is invalid'
  if (!isIpv6) return refuseCharacters(host, 'host')
  return isIpv6Address(host.slice(1, -1)) ? undefined : 'Wrong IPv6 address specified in the URL'
}

function isIpv6Address(address: string): boolean {
  return /^[0-9a-f:.]+$/.test(address) && URL.canParse(`http://[${address}]/`)
}

const disallowed = {
  host: /%(?![0-9a-f]{2})|[^\w.\-!$,~*'();&+=%\u0080-\uffff]/i,
  userinfo: /%(?![0-9a-f]{2})|[^\w.\-!$,~*'();&+=%\u0080-\uffff:]/i,
}

function refuseCharacters(part: string, name: keyof typeof disallowed): string | undefined {
  const found = disallowed[name].exec(part)?.[0]
  if (found === undefined) return undefined
  return found === '%' ? `Wrong percent-encoded symbol in URL ${name}` : `Disallowed character in URL ${name}`
}

function readQuery(written: string): string {
  let end = written.length
  while (end > 0 && isSpace(written[end - 1])) end--
  const query = written.slice(0, end)
  const encoded = query.replace(
    /[\0- ]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  )
  return encoded.startsWith('/') ? encoded : `/${encoded}`
}
