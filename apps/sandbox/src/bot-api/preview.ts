import type { StoredMessage } from '../state/types.js'

/** Names of top-level domains that Telegram takes for the end of an address, some of which are endings of files. */
const endings =
  'com|org|net|edu|gov|io|dev|app|ai|co|me|info|biz|de|uk|fr|it|es|nl|pl|ru|ua|in|jp|cn|md|sh|py|rs|cc|so|zip|mov'
const address = new RegExp(
  String.raw`https?://[^\s<>"']+|(?<![\p{L}\p{N}@/._-])(?:[\p{L}\p{N}-]+\.)+(?:${endings})(?![\p{L}\p{N}_-])(?:/[^\s<>"']*)?`,
  'iu',
)
const trailing = /[?!.,:;*_~'")\]]+$/

/** The page that is shown below a message: the first that its text links to, in Telegram's eyes, unless the bot says otherwise. */
export function previewOf({ text, entities, linkPreview, media, rich }: StoredMessage): string | null {
  if (media || rich || linkPreview?.['is_disabled'] === true) return null
  const named = linkPreview?.['url']
  if (typeof named === 'string' && /^https?:/i.test(named)) return named
  const code = entities.filter(({ type }) => type === 'code' || type === 'pre')
  const isInCode = (offset: number) =>
    code.some((entity) => entity.offset <= offset && offset < entity.offset + entity.length)
  const links = entities.flatMap((entity) =>
    entity.type === 'text_link' ? [{ at: entity.offset, url: entity.url }] : [],
  )
  const found = Array.from(text.matchAll(new RegExp(address, 'giu')), ({ 0: url, index }) => ({ at: index, url }))
  const [first] = [...links, ...found.filter(({ at }) => !isInCode(at))].toSorted((a, b) => a.at - b.at)
  if (!first || /^tg:/i.test(first.url)) return null
  const url = first.url.replace(trailing, '')
  return /^https?:/i.test(url) ? url : `http://${url}`
}
