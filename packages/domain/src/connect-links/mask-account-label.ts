const hidden = '•••'

/**
 * Hides most of what names an account, so that only who knows it recognises it: `a•••@example.com`, `•••42`. What
 * is neither an address nor a number stays as the tenant gave it.
 */
export function maskAccountLabel(label: string): string {
  const [, first, domain] = /^([^@\s])[^@\s]*@([^@\s]+)$/u.exec(label.trim()) ?? []
  if (first !== undefined) return `${first}${hidden}@${domain}`
  const digits = label.replaceAll(/[^\p{Nd}]/gu, '')
  return digits.length >= 5 && /^[+\p{Nd}\s()./-]+$/u.test(label) ? `${hidden}${digits.slice(-2)}` : label.trim()
}
