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

/** A link that Telegram refuses, with the reason it gives. */
export class LinkError extends Error {
  override readonly name = 'LinkError'
}

/**
 * Reads an address the way Telegram does, which is not the way browsers do: without a scheme it is http, and
 * nothing is resolved or decoded.
 * @throws {LinkError}
 */
export function readHttpUrl(address: string): HttpUrl {
  const written = /^([^:/?#@[\]]*):\/\//.exec(address)
  const scheme = toAsciiLowerCase(written?.[1] ?? 'http')
  if (scheme !== 'http' && scheme !== 'https') throw new LinkError('Unsupported URL protocol')
  const rest = address.slice(written?.[0].length ?? 0)
  const authority = /^[^/?#]*/.exec(rest)?.[0] ?? ''
  const { port, rest: userinfoAndHost } = cutPort(authority)
  const at = userinfoAndHost.lastIndexOf('@')
  const userinfo = at === -1 ? '' : userinfoAndHost.slice(0, at)
  const host = toAsciiLowerCase(userinfoAndHost.slice(at + 1))
  const isIpv6 = host.startsWith('[') && host.endsWith(']')
  if (isIpv6 && !isIpv6Address(host.slice(1, -1))) throw new LinkError('Wrong IPv6 address specified in the URL')
  if (host === '') throw new LinkError('URL host is empty')
  if (host === '.') throw new LinkError('Host is invalid')
  if (!isIpv6) {
    assertCharacters(host, 'host', false)
    assertCharacters(userinfo, 'userinfo', true)
  }
  return { scheme, userinfo, host, isIpv6, port, query: readQuery(rest.slice(authority.length)) }
}

export function writeHttpUrl({ scheme, userinfo, host, port, query }: HttpUrl): string {
  return `${scheme}://${userinfo === '' ? '' : `${userinfo}@`}${host}${port === 0 ? '' : `:${port}`}${query}`
}

function cutPort(authority: string): { port: number; rest: string } {
  const colon = Math.max(...[':', ']', '@'].map((mark) => authority.lastIndexOf(mark)))
  if (colon <= 0 || authority[colon] !== ':') return { port: 0, rest: authority }
  const digits = authority.slice(colon + 1).replace(/^0+(?=.)/, '')
  const port = /^\d{1,5}$/.test(digits) ? Number(digits) : 0
  if (port === 0 || port > 65_535) throw new LinkError('Wrong port number specified in the URL')
  return { port, rest: authority.slice(0, colon) }
}

function isIpv6Address(address: string): boolean {
  return /^[0-9a-f:.]+$/.test(address) && URL.canParse(`http://[${address}]/`)
}

function assertCharacters(part: string, name: string, isColonAllowed: boolean): void {
  for (let index = 0; index < part.length; index++) {
    const character = part.charAt(index)
    if (character === '%') {
      if (!/^[0-9a-f]{2}$/i.test(part.slice(index + 1, index + 3))) {
        throw new LinkError(`Wrong percent-encoded symbol in URL ${name}`)
      }
      index += 2
    } else if (!/[\w.\-!$,~*'();&+=\u0080-\uffff]/.test(character) && !(isColonAllowed && character === ':')) {
      throw new LinkError(`Disallowed character in URL ${name}`)
    }
  }
}

function readQuery(written: string): string {
  let end = written.length
  while (end > 0 && isSpace(written[end - 1])) end--
  const query = written.slice(0, end)
  const encoded = query.replace(
    // eslint-disable-next-line no-control-regex
    /[\0- ]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  )
  return encoded.startsWith('/') ? encoded : `/${encoded}`
}
