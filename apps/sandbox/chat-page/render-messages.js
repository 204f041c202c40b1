import { replyTo } from './compose.js'
import { renderMedia } from './render-media.js'
import { renderRich } from './render-rich.js'
import { make, renderText } from './render-text.js'
import { call, choose, element, guarded, notice, place, shownGroup, state } from './session.js'

// Telegram does not show a person what follows their /start.
function shownText(message) {
  return message.from_bot ? message.text : message.text.replace(/^(\/start(@\w+)?) .*$/s, '$1')
}

/** Messages of one album stand together; the first of them has the caption. */
export function groupAlbums(messages) {
  const groups = []
  for (const message of messages) {
    const last = groups.at(-1)
    const isSame = message.media_group_id !== null && last?.[0].media_group_id === message.media_group_id
    if (isSame) last.push(message)
    else groups.push([message])
  }
  return groups
}

export function renderAlbum(group, messages) {
  const [message] = group
  if (message.is_draft) return renderDraft(message)
  const time = new Date(message.date * 1000).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })
  const marks = [
    message.effect ? '✨ ' : '',
    message.silent ? '🔕 ' : '',
    message.protected ? '🔒 ' : '',
    message.edited ? 'edited ' : '',
  ].join('')
  const replied = messages.find(({ message_id: id }) => id === message.reply_to)
  const media = group.filter((each) => each.media).map((each) => renderMedia(each.media))
  const album = media.length > 1 ? [make('div', { className: 'album' }, ...media)] : media
  const text = renderContent(message)
  const author = state.groupId && !isOwn(message) ? [make('div', { className: 'author' }, nameOf(message))] : []
  const bubble = make(
    'div',
    { className: `bubble${media.length > 0 ? ' with-media' : ''}` },
    ...author,
    ...(message.forwarded_from
      ? [make('div', { className: 'author' }, `Forwarded from ${titleOf(message.forwarded_from)}`)]
      : []),
    ...(replied ? [make('div', { className: 'replied' }, replied.text.slice(0, 80) || replied.media?.type)] : []),
    ...(message.caption_above ? [text, ...album] : [...album, text]),
    ...(message.preview
      ? [
          make(
            'a',
            { className: 'preview', href: message.preview, target: '_blank', rel: 'noreferrer' },
            message.preview,
          ),
        ]
      : []),
  )
  bubble.append(make('span', { className: 'meta' }, marks + time))
  const item = make('li', { className: `message${isOwn(message) ? ' own' : ''}` }, bubble)
  item.dataset.messageId = message.message_id
  if (message.buttons.length > 0) item.append(renderKeyboard(message))
  if (message.reactions.length > 0) item.append(make('div', { className: 'reactions' }, message.reactions.join(' ')))
  if (shownGroup()?.type === 'channel') item.append(renderForward(message))
  else item.append(renderActions(message))
  return item
}

function renderDraft(message) {
  const bubble = make('div', { className: 'bubble' }, renderContent(message))
  bubble.append(make('span', { className: 'meta' }, '✎ draft'))
  return make('li', { className: 'message draft' }, bubble)
}

function renderContent(message) {
  if (message.plain) return make('span', {}, describePlain(message.plain))
  return message.blocks ? renderRich(message.blocks) : renderText(shownText(message), message.entities)
}

/** A place, a contact and the like. */
function describePlain({ venue, location, contact, poll, dice, game, ...other }) {
  if (venue) return `📍 ${venue.title ?? ''}, ${venue.address ?? ''}`
  if (location) {
    return `📍 ${location.latitude}, ${location.longitude}${location.live_period === undefined ? '' : ' (live)'}`
  }
  if (contact) return `👤 ${contact.first_name}, ${contact.phone_number}`
  if (poll) return `📊 ${poll.question ?? ''} ${(poll.options ?? []).map(({ text }) => `○ ${text}`).join(' ')}`
  if (dice) return `${dice.emoji ?? '🎲'} ${dice.value ?? ''}`
  if (game) return `🎮 ${game.title ?? ''}`
  return Object.keys(other)[0] ?? ''
}

const isOwn = (message) => !message.from_bot && message.from_id === state.personId
const titleOf = (chatId) => state.groups.find(({ id }) => id === chatId)?.title ?? 'a channel'

function nameOf(message) {
  if (!message.from_bot) return state.people.find(({ id }) => id === message.from_id)?.first_name ?? ''
  return shownGroup()?.type === 'channel' ? (shownGroup()?.title ?? '') : 'Bot'
}

const offeredReactions = ['👍', '❤', '🔥', '👎']

/** What can be done with a message besides pressing its buttons. */
function renderActions(message) {
  const reply = make('button', { type: 'button', className: 'small', ariaLabel: 'Reply' }, '↩')
  reply.addEventListener('click', () => replyTo(message))
  const reactions = (message.from_bot ? offeredReactions : []).map((emoji) => {
    const node = make('button', { type: 'button', className: 'small', ariaLabel: `React ${emoji}` }, emoji)
    const next = message.reactions.includes(emoji) ? [] : [emoji]
    node.addEventListener('click', () => react(message.message_id, next))
    return node
  })
  return make('div', { className: 'actions' }, reply, ...reactions)
}

const react = guarded((messageId, reactions) =>
  call('POST', `/people/${state.personId}/react`, { ...place(), message_id: messageId, reactions }),
)

/** A post of a channel can be sent on to any bot. */
function renderForward(message) {
  const node = make('button', { type: 'button', className: 'small forward' }, 'Forward to a bot')
  node.addEventListener('click', () => void forward(message.message_id))
  return node
}

const forward = guarded(async (messageId) => {
  const bots = (await call('GET', '/bots')).data.map(({ username }) => username)
  const bot = bots.length === 1 ? bots[0] : prompt(`To which bot? ${bots.join(', ')}`, bots[0])
  if (!bot) return
  await call('POST', `/people/${state.personId}/forward`, { bot, chat_id: state.groupId, message_id: messageId })
  choose(state.personId, bot)
})

function renderKeyboard(message) {
  const rows = message.buttons.map((row, rowIndex) =>
    make(
      'div',
      {},
      ...row.map((button, column) => {
        const className = button.style ?? ''
        const icon = button.icon_custom_emoji_id ? '✦ ' : ''
        const node = make('button', { type: 'button', className }, `${icon}${button.text}${markOf(button)}`)
        node.addEventListener('click', () => press(message.message_id, rowIndex, column))
        return node
      }),
    ),
  )
  return make('div', { className: 'keyboard' }, ...rows)
}

function markOf(button) {
  if (button.url) return ' ↗'
  if (button.copy_text) return ' 📋'
  return button.web_app ? ' 📱' : ''
}

const press = guarded(async (messageId, row, column) => {
  const {
    url,
    callback_query_id: queryId,
    copied,
    web_app: app,
  } = await call('POST', `/people/${state.personId}/press`, {
    ...place(),
    message_id: messageId,
    row,
    column,
    without_message: element('without-message').checked,
  })
  if (url ?? app) window.open(url ?? app, '_blank', 'noreferrer')
  if (copied) notice(`Copied: ${copied}`)
  if (queryId) void showAnswer(queryId)
})

/** Bots answer a press soon, or not at all: after three seconds nobody waits any more. */
async function showAnswer(queryId) {
  for (let attempt = 0; attempt < 20; attempt++) {
    const { is_answered: isAnswered, text } = await call('GET', `/callback-queries/${queryId}`)
    if (isAnswered) return text ? notice(text) : undefined
    await new Promise((resolve) => setTimeout(resolve, 150))
  }
}
