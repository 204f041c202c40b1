import { make } from './render-text.js'
import { call, element, guarded, listeners, place, state } from './session.js'

// What a person writes and sends, and the message that it answers.

/** Kinds that have no caption in Telegram. */
const captionless = new Set(['sticker', 'video_note'])
const photoTypes = new Set(['image/jpeg', 'image/png', 'image/webp'])

export const sayText = (text) => {
  state.isAtEnd = true
  return call('POST', `/people/${state.personId}/say`, { ...place(), ...topicOf(), text, ...takeReply() })
}

const topicOf = () => (state.topic ? { topic: state.topic } : {})

/** From now on what is written answers this message. */
export function replyTo(message) {
  state.replyTo = message.message_id
  state.shown = ''
  void listeners.refresh()
  element('text').focus()
}

function takeReply() {
  const { replyTo: messageId } = state
  state.replyTo = undefined
  return messageId === undefined ? {} : { reply_to: messageId }
}

/** Shows what is answered: what the person chose, or what the bot wants to be answered. */
export function renderComposer(messages) {
  const asked = messages.findLast(
    ({ forced_reply: isAsked, message_id: id }) => isAsked && !messages.some((each) => each.reply_to === id),
  )
  if (asked && state.asked !== asked.message_id) {
    state.asked = asked.message_id
    state.replyTo = asked.message_id
  }
  const replied = messages.find(({ message_id: id }) => id === state.replyTo)
  const cancel = make('button', { type: 'button', className: 'small', ariaLabel: 'Do not reply' }, '✕')
  cancel.addEventListener('click', () => {
    state.replyTo = undefined
    state.shown = ''
    void listeners.refresh()
  })
  element('reply-bar').hidden = !replied
  element('reply-bar').replaceChildren(
    ...(replied ? [make('span', { className: 'grow' }, `↩ ${replied.text.slice(0, 80)}`), cancel] : []),
  )
  if (replied?.forced_reply?.placeholder) element('text').placeholder = replied.forced_reply.placeholder
}

const send = guarded(async (body) => {
  element('attach').open = false
  state.isAtEnd = true
  await call('POST', `/people/${state.personId}/send`, { ...place(), ...topicOf(), ...takeReply(), ...body })
})

/** As what the next file is sent; undefined for what fits its type. */
let sentAs

element('file').addEventListener('change', ({ target }) => {
  const [file] = target.files
  target.value = ''
  if (file) void sendFile(file)
})

async function sendFile(file) {
  const type = sentAs ?? typeOf(file)
  const caption = captionless.has(type) ? '' : element('text').value.trim()
  if (caption !== '') element('text').value = ''
  await send({
    type,
    name: file.name,
    mime_type: file.type || 'application/octet-stream',
    content: await readBase64(file),
    caption,
  })
}

/** Files, by what they are sent as, with the types that are offered. */
const files = {
  'Photo or file': { accept: '' },
  'Voice message': { type: 'voice', accept: 'audio/*' },
  'Video message': { type: 'video_note', accept: 'video/*' },
  GIF: { type: 'animation', accept: 'image/gif,video/mp4' },
  Sticker: { type: 'sticker', accept: 'image/webp' },
}

/** Sends what a person can share, by hand or where a key asks for it. */
export const share = {
  location: () => send({ plain: { location: vienna } }),
  contact: () => {
    const name = state.people.find(({ id }) => id === state.personId)?.first_name ?? ''
    return send({ plain: { contact: { phone_number: '+43 1 58858', first_name: name, user_id: state.personId } } })
  },
}

const vienna = { latitude: 48.2082, longitude: 16.3738 }
const venue = { location: vienna, title: 'Stephansdom', address: 'Stephansplatz 3, Wien' }
const poll = () => ({
  id: String(Date.now()),
  question: 'Where to?',
  options: ['Left', 'Right'].map((text) => ({ text, voter_count: 0, persistent_id: text })),
  total_voter_count: 0,
  is_closed: false,
  is_anonymous: true,
  type: 'regular',
  allows_multiple_answers: false,
})
const plain = {
  Location: share.location,
  Contact: share.contact,
  Venue: () => send({ plain: { location: vienna, venue } }),
  Poll: () => send({ plain: { poll: poll() } }),
  Dice: () => send({ plain: { dice: { emoji: '🎲', value: 1 + Math.floor(Math.random() * 6) } } }),
}

function addKind(name, act) {
  const node = make('button', { type: 'button', className: 'small' }, name)
  node.addEventListener('click', act)
  element('kinds').append(node)
}
for (const [name, { type, accept }] of Object.entries(files)) {
  addKind(name, () => {
    sentAs = type
    element('file').accept = accept
    element('file').click()
  })
}
for (const [name, act] of Object.entries(plain)) addKind(name, () => void act())

function typeOf({ type }) {
  if (photoTypes.has(type)) return 'photo'
  if (type === 'image/gif') return 'animation'
  if (type === 'audio/ogg') return 'voice'
  const [kind] = type.split('/')
  return kind === 'audio' || kind === 'video' ? kind : 'document'
}

async function readBase64(file) {
  const bytes = new Uint8Array(await file.arrayBuffer())
  let text = ''
  for (const byte of bytes) text += String.fromCharCode(byte)
  return btoa(text)
}
