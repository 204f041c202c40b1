import { make } from './render-text.js'
import { call, element, guarded, listeners, place, shownGroup, state } from './session.js'

// What a person writes and sends, and the message that it answers.

const photoTypes = new Set(['image/jpeg', 'image/png', 'image/webp'])

export const sayText = (text) =>
  call('POST', `/people/${state.personId}/say`, {
    ...place(),
    text,
    ...(state.topic ? { topic: state.topic } : {}),
    ...takeReply(),
  })

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
  const last = messages.findLast(({ from_bot: isOfBot }) => isOfBot)
  const isAsked = last?.forced_reply && !messages.some((each) => each.reply_to === last.message_id)
  if (isAsked && state.asked !== last.message_id) {
    state.asked = last.message_id
    state.replyTo = last.message_id
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
  element('attach').hidden = shownGroup() !== undefined
  if (replied?.forced_reply?.placeholder) element('text').placeholder = replied.forced_reply.placeholder
}

const send = guarded(async (body) => {
  element('attach').open = false
  await call('POST', `/people/${state.personId}/send`, { bot: state.bot, ...takeReply(), ...body })
})

element('file').addEventListener('change', ({ target }) => {
  const [file] = target.files
  target.value = ''
  if (file) void sendFile(file)
})

async function sendFile(file) {
  await send({
    type: typeOf(file),
    name: file.name,
    mime_type: file.type || 'application/octet-stream',
    content: await readBase64(file),
  })
}

/** Sends what a person can share, by hand or where a key asks for it. */
export const share = {
  location: () => send({ plain: { location: { latitude: 48.2082, longitude: 16.3738 } } }),
  contact: () => {
    const name = state.people.find(({ id }) => id === state.personId)?.first_name ?? ''
    return send({ plain: { contact: { phone_number: '+43 1 58858', first_name: name, user_id: state.personId } } })
  },
}
element('send-location').addEventListener('click', () => void share.location())
element('send-contact').addEventListener('click', () => void share.contact())

function typeOf({ type }) {
  if (photoTypes.has(type)) return 'photo'
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
