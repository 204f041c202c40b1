import { make } from './render-text.js'

const icons = {
  video: '▶',
  audio: '♪',
  voice: '🎤',
  video_note: '◉',
  document: '📄',
  animation: 'GIF',
  sticker: '🙂',
  photo: '🖼',
}

/** A photo, a file or the like, as Telegram shows it in a message. */
export function renderMedia(media) {
  const isHere = media.url?.startsWith('/') ?? false
  const isPicture =
    ['photo', 'sticker', 'animation'].includes(media.type) && isHere && media.mime_type?.startsWith('image/')
  const node = isPicture ? renderPicture(media) : renderPlayer(media, isHere)
  if (media.spoiler) hideUntilTapped(node)
  return node
}

function renderPicture(media) {
  const picture = make('img', { src: media.url, alt: media.name ?? media.type, className: 'picture' })
  const badge = media.type === 'animation' ? [make('span', { className: 'badge' }, 'GIF')] : []
  return make('figure', { className: `media ${media.type}` }, picture, ...badge)
}

function renderPlayer(media, isHere) {
  if (isHere && ['video', 'video_note'].includes(media.type))
    return make('figure', { className: `media ${media.type}` }, make('video', { src: media.url, controls: true }))
  if (isHere && ['audio', 'voice'].includes(media.type)) {
    return make(
      'figure',
      { className: 'media sound' },
      make('span', {}, media.name ?? ''),
      make('audio', { src: media.url, controls: true }),
    )
  }
  const isElsewhere = media.url !== null && !isHere
  const about = isElsewhere ? `from ${new URL(media.url).host}` : showSize(media.size ?? 0)
  const card = make(
    'a',
    { className: 'media file', ...(media.url ? { href: media.url, target: '_blank', rel: 'noreferrer' } : {}) },
    make('span', { className: 'file-icon', ariaHidden: 'true' }, icons[media.type] ?? '📄'),
    make('span', { className: 'file-name' }, media.name ?? media.type, make('small', {}, about)),
  )
  return card
}

function hideUntilTapped(node) {
  node.classList.add('veiled')
  node.title = 'Show'
  node.addEventListener(
    'click',
    (event) => {
      event.preventDefault()
      node.classList.remove('veiled')
    },
    { once: true },
  )
}

function showSize(bytes) {
  if (bytes < 1_024) return `${bytes} B`
  return bytes < 1_048_576 ? `${Math.round(bytes / 1_024)} KB` : `${(bytes / 1_048_576).toFixed(1)} MB`
}
