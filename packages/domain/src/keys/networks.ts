import ipaddr from 'ipaddr.js'

type Network = [address: ipaddr.IPv4 | ipaddr.IPv6, prefix: number]

/** Whether a text is a network in the notation of CIDR, such as `203.0.113.0/24`, or a single address. */
export function isNetwork(text: string): boolean {
  return readNetwork(text) !== undefined
}

/** Whether an address lies in one of the networks. */
export function isInNetworks(address: string, networks: readonly string[]): boolean {
  return ipaddr.isValid(address) && isWithin(address, networks)
}

/** Whether a network lies in one of others. */
export function isWithin(network: string, networks: readonly string[]): boolean {
  const inner = readNetwork(network)
  if (!inner) return false
  return networks.some((each) => {
    const outer = readNetwork(each)
    if (!outer || outer[0].kind() !== inner[0].kind() || outer[1] > inner[1]) return false
    // The kinds are the same.
    return inner[0].match([outer[0], outer[1]] as never)
  })
}

/** An address of IPv4 that is written as one of IPv6 is what it stands for. */
function readNetwork(text: string): Network | undefined {
  try {
    if (!text.includes('/')) {
      const address = ipaddr.process(text)
      return [address, address.kind() === 'ipv6' ? 128 : 32]
    }
    return ipaddr.parseCIDR(text)
  } catch {
    return undefined
  }
}
