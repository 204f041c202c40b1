import { type AddressRules, sentAddress } from '@tellwire/domain'
import { checkLink } from '@tellwire/format'

/** @returns what Telegram, or we, have against an http or https address, without its subject. */
export function findAddressFault(addresses: AddressRules, address: string): string | undefined {
  const fault = addresses.findFault(address)
  if (fault !== undefined) return fault
  const checked = checkLink(sentAddress(address))
  return 'refusal' in checked ? `is not an address that Telegram opens: ${checked.refusal}` : undefined
}
