import type { Token } from 'markdown-it'
import { findLink } from '../telegram/links.js'

/** Reads the text that tokens show, without formatting. */
export function textOf(tokens: readonly Token[]): string {
  return tokens
    .map(({ type, content, children }) =>
      type === 'softbreak' || type === 'hardbreak'
        ? ' '
        : content === '' || type === 'image'
          ? textOf(children ?? [])
          : content,
    )
    .join('')
}

/**
 * Whether it is an address with a scheme that Telegram opens. One without a scheme would be read as the name
 * of a host, which the path of a page is not.
 */
export function isOpenable(href: string): boolean {
  return /^(?:https?:\/\/|tg:|ton:|tonsite:)/i.test(href) && findLink(href) !== undefined
}
