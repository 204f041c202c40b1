/** An address in the form that was checked: its path encoded, its host in the letters that are asked for. */
export function sentAddress(address: string): string {
  const isWeb = /^https?:\/\//i.test(address) && URL.canParse(address)
  return isWeb ? new URL(address).href : address
}
