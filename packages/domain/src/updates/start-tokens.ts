import type { Sealer } from '../secrets/sealer.js'

const purpose = 'start token'
/** The token of a connect link, where a link, a command or the page of a link has one. */
const token = /(?<before>(?:start(?:group)?=|\/start(?:@\w+)?\s+|\/c\/))(?<token>[A-Za-z0-9]{32})(?![A-Za-z0-9_-])/gi
/** The same where it is sealed. No character of it is one of a token, of a link or of a command. */
const sealed = /\u{2983}(?<sealed>[A-Za-z0-9_-]+)\u{2984}/gu

/** Seals the tokens of connect links in an update as it is stored: whoever reads the database is not to use them. */
export function sealStartTokens(sealer: Sealer, update: unknown): unknown {
  return mapTexts(update, (text) =>
    text.replaceAll(
      token,
      (_, before: string, found: string) => `${before}\u{2983}${sealer.wrap(purpose, found)}\u{2984}`,
    ),
  )
}

/** The same update as Telegram sent it. What cannot be opened any more stays, and is no token of anything. */
export function openStartTokens(sealer: Sealer, update: unknown): unknown {
  return mapTexts(update, (text) =>
    text.replaceAll(sealed, (whole, wrapped: string) => {
      try {
        return sealer.unwrap(purpose, wrapped)
      } catch {
        return whole
      }
    }),
  )
}

/** The same value where no text of it changes. */
function mapTexts(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value)
  if (typeof value !== 'object' || value === null) return value
  let changed: Record<string, unknown> | undefined
  for (const [name, item] of Object.entries(value)) {
    const mapped = mapTexts(item, change)
    if (mapped === item) continue
    // A list is a copy of its own kind, with its places as names.
    changed ??= (Array.isArray(value) ? [...value] : { ...value }) as unknown as Record<string, unknown>
    changed[name] = mapped
  }
  return changed ?? value
}
