import type { Entity, FormattedText } from '../formatted-text.js'

/**
 * A text as HTML that is safe to embed: only the elements of this list, no attribute but a checked address, a
 * language and `data-` names, everything else escaped.
 */
export function renderPreview({ text, entities }: FormattedText): string {
  return renderRange(text, entities, 0, text.length)
}

/** Entities contain each other or follow each other; those that begin at a place come outermost first. */
function renderRange(text: string, entities: readonly Entity[], start: number, end: number): string {
  let html = ''
  let position = start
  let index = 0
  while (index < entities.length) {
    const entity = entities[index]
    if (!entity) break
    const entityEnd = Math.min(entity.offset + entity.length, end)
    let next = index + 1
    while (next < entities.length && (entities[next]?.offset ?? entityEnd) < entityEnd) next++
    const inner = renderRange(text, entities.slice(index + 1, next), entity.offset, entityEnd)
    html += escapeHtml(text.slice(position, entity.offset)) + wrap(entity, inner)
    position = entityEnd
    index = next
  }
  return html + escapeHtml(text.slice(position, end))
}

function wrap(entity: Entity, inner: string): string {
  switch (entity.type) {
    case 'bold':
      return `<strong>${inner}</strong>`
    case 'italic':
      return `<em>${inner}</em>`
    case 'underline':
      return `<u>${inner}</u>`
    case 'strikethrough':
      return `<s>${inner}</s>`
    case 'spoiler':
      return `<span data-spoiler>${inner}</span>`
    case 'code':
      return `<code>${inner}</code>`
    case 'pre':
      return `<pre${entity.language === undefined ? '' : ` data-language="${escapeHtml(entity.language)}"`}>${inner}</pre>`
    case 'blockquote':
      return `<blockquote>${inner}</blockquote>`
    case 'expandable_blockquote':
      return `<blockquote data-expandable>${inner}</blockquote>`
    case 'text_link':
      return wrapLink(entity.url ?? '', inner)
    case 'text_mention':
      return `<span data-user-id="${entity.user_id ?? ''}">${inner}</span>`
    case 'custom_emoji':
      return `<span data-custom-emoji-id="${escapeHtml(entity.custom_emoji_id ?? '')}">${inner}</span>`
    case 'date_time':
      return `<time data-unix-time="${entity.unix_time ?? ''}">${inner}</time>`
  }
}

/** Addresses with other schemes are no links. */
export function wrapLink(url: string, inner: string): string {
  return /^(?:https?|tg|ton|tonsite):/i.test(url)
    ? `<a href="${escapeHtml(url)}" rel="noopener noreferrer nofollow" target="_blank">${inner}</a>`
    : inner
}

const escaped: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '\n': '<br>',
}

/** Line breaks too. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"'\n]/g, (character) => escaped[character] ?? character)
}
