import type { Entity, FormattedText } from './formatted-text.js'

/** How many characters before its address a label may already say it. */
const sameAddress = /^(?:https?:\/\/)?(.*?)\/?$/

/** The text for where formatting cannot go along: the address of each link stands behind its label. */
export function spellOutLinks({ text, entities }: FormattedText): string {
  const links = entities
    .filter((entity): entity is Entity & { url: string } => entity.type === 'text_link' && entity.url !== undefined)
    .toSorted((a, b) => a.offset + a.length - (b.offset + b.length))
  let spelledOut = ''
  let from = 0
  for (const { offset, length, url } of links) {
    const end = offset + length
    spelledOut += text.slice(from, end)
    const label = text.slice(offset, end).trim()
    if (bare(label) !== bare(url)) spelledOut += ` (${url})`
    from = end
  }
  return spelledOut + text.slice(from)
}

function bare(address: string): string {
  return sameAddress.exec(address)?.[1] ?? address
}
