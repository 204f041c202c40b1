import { BlockList, isIP } from 'node:net'
import ipaddr from 'ipaddr.js'

/** Decides which addresses are given to Telegram to fetch, or to people to open. */
export interface AddressRules {
  /** @returns what is wrong with an http or https address, without its subject; undefined where nothing is. */
  findFault(address: string): string | undefined
  /** Whether an address of IP, to which a name leads, is not to be connected to: it is not public, or it is nobody's. */
  isRefusedIp(ip: string): boolean
  /** Whether a host is one of those private ones that may be named. */
  isAllowedHost(host: string): boolean
}

/** Networks that are nobody's on the public internet (RFC 6890 and its like). */
const privateNetworks: readonly [network: string, prefix: number][] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  // Metadata of a cloud's machines, at an address that looks public.
  ['168.63.129.16', 32],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
  ['::', 96],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
]
const privateNames = /^(?:localhost|[^.]+)$|\.(?:localhost|local|internal|intranet|lan|home|corp|private|home\.arpa)$/
const loopback: readonly [network: string, prefix: number][] = [
  ['127.0.0.0', 8],
  ['::1', 128],
]

/** @param allowed names and networks of private hosts that may be named all the same; `localhost` is the machine itself. */
export function createAddressRules(allowed: readonly string[] = []): AddressRules {
  const isPrivate = listOf(privateNetworks)
  const allowedNetworks = listOf([
    ...allowed.filter((entry) => isIP(entry.split('/')[0] ?? '') !== 0).map(readNetwork),
    ...(allowed.includes('localhost') ? loopback : []),
  ])

  const isPrivateHost = (host: string): boolean => {
    const address = host.startsWith('[') ? host.slice(1, -1) : host
    const version = isIP(address)
    if (version === 0) return privateNames.test(host) && !allowed.includes(host)
    const plain = unmap(address)
    const family = isIP(plain) === 6 ? 'ipv6' : 'ipv4'
    return isPrivate.check(plain, family) && !allowedNetworks.check(plain, family)
  }

  const isRefusedIp = (ip: string): boolean => {
    if (!ipaddr.isValid(ip)) return true
    // An address of IPv4 inside of one of IPv6 is what it is inside.
    const address = ipaddr.process(ip)
    const isAllowed = allowedNetworks.check(address.toString(), address.kind() === 'ipv6' ? 'ipv6' : 'ipv4')
    return !isAllowed && (address.range() !== 'unicast' || isPrivateHost(toHost(address)))
  }

  return {
    isRefusedIp,
    isAllowedHost: (host) =>
      allowed.includes(host) || (isIP(host) !== 0 && allowedNetworks.check(host, isIP(host) === 6 ? 'ipv6' : 'ipv4')),
    findFault(address) {
      // A browser, and so the parser, passes over these without a word.
      if (/\p{Cc}/u.test(address) || address !== address.trim()) {
        return 'must not hold control characters, nor begin or end with a space'
      }
      if (!URL.canParse(address)) return 'is not a URL'
      const { protocol, username, password, hostname } = new URL(address)
      if (protocol !== 'http:' && protocol !== 'https:') return 'must begin with http:// or https://'
      if (!/^https?:\/\//i.test(address)) return 'must begin with http:// or https://'
      if (username !== '' || password !== '') return 'must not hold a user name or a password'
      const ip = hostname.replace(/^\[|\]$/g, '')
      if (isPrivateHost(hostname.replace(/\.$/, '')) || (isIP(ip) !== 0 && isRefusedIp(ip))) {
        return 'must not lead into a private network'
      }
      return undefined
    },
  }
}

function toHost(address: ipaddr.IPv4 | ipaddr.IPv6): string {
  return address.kind() === 'ipv6' ? `[${address.toString()}]` : address.toString()
}

/** An address of IPv4 inside of one of IPv6. The parser of URLs writes it in hexadecimal digits. */
function unmap(address: string): string {
  const [, high, low] = /^::ffff:([\da-f]{1,4}):([\da-f]{1,4})$/.exec(address) ?? []
  if (high === undefined || low === undefined) return address
  const [a, b] = [Number.parseInt(high, 16), Number.parseInt(low, 16)]
  return [a >> 8, a & 255, b >> 8, b & 255].join('.')
}

function readNetwork(written: string): [network: string, prefix: number] {
  const [network = '', prefix] = written.split('/')
  return [network, prefix === undefined ? (isIP(network) === 6 ? 128 : 32) : Number(prefix)]
}

function listOf(networks: readonly [network: string, prefix: number][]): BlockList {
  const list = new BlockList()
  for (const [network, prefix] of networks) list.addSubnet(network, prefix, isIP(network) === 6 ? 'ipv6' : 'ipv4')
  return list
}
