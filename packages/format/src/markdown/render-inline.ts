import type { Token } from 'markdown-it'
import type { EntityType } from '../formatted-text.js'
import { footnoteMark } from './footnotes.js'
import { isOpenable, readImage } from './inline-tokens.js'
import { type Rendering, warn } from './rendering.js'
import type { TextBuilder } from './text-builder.js'

const styles = Object.entries<EntityType>({
  strong: 'bold',
  em: 'italic',
  s: 'strikethrough',
  spoiler: 'spoiler',
  underline: 'underline',
  code: 'code',
})
/** The styles that tokens begin and end, by their types. */
const begun = new Map<string, EntityType>(styles.map(([name, style]) => [`${name}_open`, style]))
const ended = new Map<string, EntityType>(styles.map(([name, style]) => [`${name}_close`, style]))

/** Writes what stands in one block: text, marks, links, code. */
export function renderInline(rendering: Rendering, tokens: readonly Token[]): void {
  const { out } = rendering
  for (const [index, token] of tokens.entries()) {
    const [beginning, ending] = [begun.get(token.type), ended.get(token.type)]
    if (beginning) out.open(beginning)
    else if (ending) out.close(ending)
    else renderToken(rendering, token, index === 0)
  }
}

function renderToken(rendering: Rendering, token: Token, isFirst: boolean): void {
  const { out } = rendering
  switch (token.type) {
    case 'softbreak':
    case 'hardbreak':
      out.write('\n')
      break
    case 'link_open':
      openLink(rendering, token.attrGet('href') ?? '')
      break
    case 'link_close':
      closeLink(rendering)
      break
    case 'code_inline':
      writeVerbatim(out, 'code', token.content)
      break
    case 'image':
      renderImage(rendering, token)
      break
    case 'footnote_ref':
      out.write(footnoteMark(Number((token.meta as { id: unknown }).id)))
      break
    default:
      out.write(isFirst && out.isItemStart ? withTaskBox(token.content) : token.content)
  }
}

/** Nothing can be marked within these, so that a spoiler around them would show them: in one they are plain words. */
function writeVerbatim(
  out: TextBuilder,
  type: 'code' | 'date_time',
  text: string,
  properties: { unix_time?: number; date_time_format?: string } = {},
): void {
  if (out.isOpen('spoiler')) return out.write(text)
  out.open(type, properties)
  out.write(text)
  out.close(type)
}

/** `[ ]` and `[x]` at the beginning of a list item. */
function withTaskBox(text: string): string {
  return text.replace(/^\[([ xX])\](?= )/, (_, state) => (state === ' ' ? '☐' : '☑'))
}

function renderImage(rendering: Rendering, token: Token): void {
  const { out } = rendering
  const { source, text, emojiId, moment } = readImage(token)
  if (emojiId !== undefined) {
    out.open('custom_emoji', { custom_emoji_id: emojiId })
    out.write(text)
    out.close('custom_emoji')
  } else if (moment) {
    // Telegram would let go of the link for it.
    if (rendering.links.some((link) => link.isEntity)) out.write(text)
    else writeVerbatim(out, 'date_time', text, moment)
  } else {
    openLink(rendering, source)
    out.write(text)
    closeLink(rendering)
  }
}

/** A link in a link, and one whose address Telegram would refuse, stay text. */
function openLink({ out, links }: Rendering, href: string): void {
  const isEntity = isOpenable(href) && !links.some((link) => link.isEntity)
  if (isEntity) out.open('text_link', { url: href })
  links.push({ href, offset: out.length, isEntity })
}

function closeLink({ out, links, warnings }: Rendering): void {
  const link = links.pop()
  if (!link) return
  if (link.isEntity) {
    // A link without a text shows its address.
    if (out.length === link.offset) out.write(link.href)
    out.close('text_link')
    return
  }
  const isShown = out.textFrom(link.offset).endsWith(link.href.replace(/^mailto:/, ''))
  if (link.href === '' || isShown || links.length > 0) return
  warn(warnings, 'link_as_text', `Telegram does not open ${link.href}, so the address is shown`)
  out.write(` (${link.href})`)
}
