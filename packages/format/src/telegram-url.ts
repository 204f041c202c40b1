/**
 * Whether Telegram takes a URL in a `text_link` entity: http and https with a dot in the host, or tg:.
 * Any other makes it refuse the whole message.
 */
export function isTelegramUrl(href: string): boolean {
  if (!URL.canParse(href)) return false
  const url = new URL(href)
  if (url.protocol === 'tg:') return true
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return false
  return url.hostname.includes('.') || url.hostname.startsWith('[')
}
