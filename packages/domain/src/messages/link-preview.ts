import type { FormattedText } from '@tellwire/format'
import { sentAddress } from '../addresses/sent-address.js'
import type { LinkPreview, MessageOptions } from './message.js'

const written = /(?:https?:\/\/|www\.)[^\s<>"']+/gi
/** Names that Telegram may take for an address: of files, of methods, of hosts. */
const dotted = /[\p{L}\p{N}_-]+\.\p{L}{2,}/u
/** The end of a sentence, or of a bracket, is no part of an address. */
const trailing = /[?!.,:;*_~'")\]]+$/

/** Which address a text's preview is of: one that was written as a link, or none where Telegram would take `README.md` for one. */
export type ChosenPreview = { url: string } | { is_disabled: true } | undefined

/** @returns nothing where Telegram chooses the same by itself. */
export function choosePreview({ text, entities }: FormattedText): ChosenPreview {
  if (!dotted.test(text)) return undefined
  const code = entities.filter(({ type }) => type === 'pre' || type === 'code')
  // In code Telegram finds no addresses.
  const prose = code.reduce(
    (rest, { offset, length }) => rest.slice(0, offset) + ' '.repeat(length) + rest.slice(offset + length),
    text,
  )
  const links = [
    ...entities.flatMap(({ type, offset, url = '' }) => (type === 'text_link' && isWeb(url) ? [{ offset, url }] : [])),
    ...Array.from(prose.matchAll(written), ({ 0: address, index }) => ({
      offset: index,
      url: address.replace(trailing, ''),
    })),
  ].toSorted((a, b) => a.offset - b.offset)
  const [first] = links
  const mistakenAt = prose.slice(0, first?.offset).search(dotted)
  if (mistakenAt === -1) return undefined
  return first ? { url: isWeb(first.url) ? first.url : `http://${first.url}` } : { is_disabled: true }
}

function isWeb(address: string): boolean {
  return /^https?:\/\//i.test(address)
}

/** The parameters of a call that say which page is shown below a text, and how. */
export function linkPreviewParams(
  preview: MessageOptions['link_preview'] = 'auto',
  shown: FormattedText,
): Record<string, unknown> {
  const { mode, above, url }: LinkPreview =
    typeof preview === 'object' ? preview : preview === 'auto' || preview === 'default' ? {} : { mode: preview }
  const isChosen = preview !== 'default' && mode !== 'off' && url === undefined
  const options = {
    ...(mode === 'off' ? { is_disabled: true } : {}),
    ...(mode === 'small' ? { prefer_small_media: true } : {}),
    ...(mode === 'large' ? { prefer_large_media: true } : {}),
    ...(above ? { show_above_text: true } : {}),
    ...(url === undefined ? {} : { url: sentAddress(url) }),
    ...(isChosen ? choosePreview(shown) : {}),
  }
  return Object.keys(options).length > 0 ? { link_preview_options: options } : {}
}
