import type { Token } from 'markdown-it'
import { findCustomEmojiId, findLink, findTime, isPlainAddress, readDateTimeFormat } from '../telegram/links.js'

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
  return isPlainAddress(href) || (/^(?:https?:\/\/|tg:|ton:|tonsite:)/i.test(href) && findLink(href) !== undefined)
}

/** An image as it was written. Markdown writes emoji and moments of Telegram as such, too. */
export interface ReadImage {
  source: string
  /** Its description; without one its source. */
  text: string
  emojiId: string | undefined
  moment: { unix_time: number; date_time_format: string } | undefined
}

export function readImage(token: Token): ReadImage {
  const source = token.attrGet('src') ?? ''
  const described = textOf(token.children ?? [])
  const time = findTime(source)
  const format = time && readDateTimeFormat(time.format)
  return {
    source,
    text: described === '' ? source : described,
    emojiId: findCustomEmojiId(source),
    moment: time && format !== undefined ? { unix_time: time.unixTime, date_time_format: format } : undefined,
  }
}

/** The alignment of a cell of a table, where one was asked for. */
export function alignOf(token: Token): 'left' | 'center' | 'right' | undefined {
  const [, align] = /text-align:(left|center|right)/.exec(token.attrGet('style') ?? '') ?? []
  return align === 'left' || align === 'center' || align === 'right' ? align : undefined
}

/** Of code; empty where none is named. */
export function languageOf({ info }: Token): string {
  return info.trim().split(/\s+/)[0] ?? ''
}
