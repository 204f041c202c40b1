import { renderMedia } from './render-media.js'
import { make, renderText } from './render-text.js'

// The chat page: what a person sees and does in Telegram, over the sandbox's control API.
const api = '/sandbox/v1'
const refreshEveryMs = 700

const query = new URLSearchParams(location.search)
const state = {
  personId: Number(query.get('person')) || undefined,
  bot: query.get('bot') || undefined,
  /** A start link that was opened and whose Start button was not pressed yet. */
  pendingLink: undefined,
  people: [],
  shown: '',
}

const element = (id) => document.getElementById(id)

async function call(method, path, body) {
  const response = await fetch(api + path, {
    method,
    ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  })
  const answer = await response.json()
  if (!response.ok) throw new Error(answer.error ?? `The sandbox answered ${response.status}.`)
  return answer
}

// Telegram does not show a person what follows their /start.
function shownText(message) {
  return message.from_bot ? message.text : message.text.replace(/^(\/start(@\w+)?) .*$/s, '$1')
}

/** Messages of one album stand together; the first of them has the caption. */
function groupAlbums(messages) {
  const groups = []
  for (const message of messages) {
    const last = groups.at(-1)
    const isSame = message.media_group_id !== null && last?.[0].media_group_id === message.media_group_id
    if (isSame) last.push(message)
    else groups.push([message])
  }
  return groups
}

function renderGroup(group, messages) {
  const [message] = group
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
  const text = renderText(shownText(message), message.entities)
  const bubble = make(
    'div',
    { className: `bubble${media.length > 0 ? ' with-media' : ''}` },
    ...(replied ? [make('div', { className: 'replied' }, replied.text.slice(0, 80) || replied.media?.type)] : []),
    ...(message.caption_above ? [text, ...album] : [...album, text]),
  )
  bubble.append(make('span', { className: 'meta' }, marks + time))
  const item = make('li', { className: `message${message.from_bot ? '' : ' own'}` }, bubble)
  item.dataset.messageId = message.message_id
  if (message.buttons.length > 0) item.append(renderKeyboard(message))
  return item
}

function renderKeyboard(message) {
  const rows = message.buttons.map((row, rowIndex) =>
    make(
      'div',
      {},
      ...row.map((button, column) => {
        const className = button.style ?? ''
        const node = make('button', { type: 'button', className }, `${button.text}${markOf(button)}`)
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
    bot: state.bot,
    message_id: messageId,
    row,
    column,
  })
  if (url ?? app) window.open(url ?? app, '_blank', 'noreferrer')
  if (copied) notice(`Copied: ${copied}`)
  if (queryId) void showAnswer(queryId)
})

async function showAnswer(queryId) {
  for (let attempt = 0; attempt < 20; attempt++) {
    const { is_answered: isAnswered, text } = await call('GET', `/callback-queries/${queryId}`)
    if (isAnswered) return text ? notice(text) : undefined
    await new Promise((resolve) => setTimeout(resolve, 150))
  }
}

function notice(text) {
  element('notice').textContent = text ?? ''
  element('notice').hidden = !text
}

let lastAction = Promise.resolve()

/** Runs actions one after the other, so that each sees what the one before it did; shows a failure to the person. */
function guarded(action) {
  const run = async (args) => {
    notice()
    try {
      await action(...args)
    } catch (error) {
      notice(error.message)
    }
    await refresh()
  }
  return (...args) => {
    lastAction = lastAction.then(() => run(args))
    return lastAction
  }
}

function onSubmit(id, action) {
  const run = guarded(action)
  element(id).addEventListener('submit', (event) => {
    event.preventDefault()
    void run(new FormData(event.target), event.target)
  })
}

function choose(personId, bot) {
  Object.assign(state, { personId, bot, pendingLink: undefined, shown: '' })
  history.replaceState(
    null,
    '',
    `?${new URLSearchParams({ ...(personId ? { person: personId } : {}), ...(bot ? { bot } : {}) })}`,
  )
}

function listItem(label, isCurrent, onClick) {
  const button = make(
    'button',
    { type: 'button', className: 'item' },
    make('span', { className: 'avatar', ariaHidden: 'true' }, [...label.replace('@', '')][0] ?? '?'),
    label,
  )
  button.setAttribute('aria-current', String(isCurrent))
  button.addEventListener('click', onClick)
  return make('li', {}, button)
}

function renderLists(person) {
  const people = state.people.map(({ id, first_name: name, chats }) =>
    listItem(name, id === state.personId, () => {
      choose(id, chats[0]?.bot)
      void refresh()
    }),
  )
  element('people').replaceChildren(
    ...(people.length > 0 ? people : [make('li', { className: 'empty' }, 'Nobody yet: add a person.')]),
  )
  const chats = (person?.chats ?? []).map(({ bot }) =>
    listItem(`@${bot}`, bot === state.bot, () => {
      choose(person.id, bot)
      void refresh()
    }),
  )
  element('chats').replaceChildren(
    ...(chats.length > 0 ? chats : [make('li', { className: 'empty' }, 'No chat yet: open a start link.')]),
  )
}

function renderChat(person, messages) {
  const chat = person?.chats.find(({ bot }) => bot === state.bot)
  const isChat = person !== undefined && state.bot !== undefined
  element('chat-header').hidden = !isChat
  element('chat-title').textContent = `@${state.bot ?? ''}`
  element('chat-subtitle').textContent = `bot · as ${person?.first_name ?? ''}`
  element('block').hidden = !chat
  element('block').textContent = chat?.is_blocked ? 'Unblock bot' : 'Block bot'
  element('block').dataset.isBlocked = String(chat?.is_blocked ?? false)
  const hasToStart = isChat && (state.pendingLink !== undefined || !chat || chat.is_blocked)
  element('start').hidden = !hasToStart
  element('start-button').textContent = chat?.is_blocked ? 'RESTART' : 'START'
  element('say').hidden = !isChat || hasToStart
  const list = element('messages')
  const isAtEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 80
  list.replaceChildren(...groupAlbums(messages).map((group) => renderGroup(group, messages)))
  renderReplyKeyboard(hasToStart ? [] : messages)
  if (isAtEnd) list.scrollTop = list.scrollHeight
}

/** In place of the letters: what the bot offered last. */
function renderReplyKeyboard(messages) {
  const offered = messages.findLast(({ keyboard }) => keyboard !== null)
  const isUsed =
    offered?.keyboard.isOneTime && messages.some((each) => !each.from_bot && each.message_id > offered.message_id)
  const rows = offered && !isUsed ? offered.keyboard.rows : []
  element('reply-keyboard').hidden = rows.length === 0
  element('text').placeholder = (rows.length > 0 && offered.keyboard.placeholder) || 'Message'
  element('reply-keyboard').replaceChildren(
    ...rows.map((row) =>
      make(
        'div',
        {},
        ...row.map((text) => {
          const node = make('button', { type: 'button' }, text)
          node.addEventListener('click', () => void say(text))
          return node
        }),
      ),
    ),
  )
}

async function refresh() {
  try {
    state.people = (await call('GET', '/people')).data
    const person = state.people.find(({ id }) => id === state.personId)
    const hasChat = person?.chats.some(({ bot }) => bot === state.bot)
    const messages = hasChat ? (await call('GET', `/people/${person.id}/messages?bot=${state.bot}`)).data : []
    const shown = JSON.stringify([state.personId, state.bot, state.pendingLink, state.people, messages])
    if (shown === state.shown) return
    state.shown = shown
    renderLists(person)
    renderChat(person, messages)
  } catch {
    notice('The sandbox does not answer.')
  }
}

onSubmit('new-person', async (form, node) => {
  const firstName = String(form.get('first_name')).trim()
  if (firstName === '') return
  const { id } = await call('POST', '/people', { first_name: firstName })
  choose(id, undefined)
  node.reset()
})

onSubmit('open-link', async (form, node) => {
  if (!state.personId) throw new Error('Choose or add the person who opens the link first.')
  const link = String(form.get('link')).trim()
  const bot = botOf(link)
  if (!bot) throw new Error('This is not a link to a bot, such as https://t.me/bot?start=…')
  choose(state.personId, bot)
  state.pendingLink = link
  node.reset()
})

onSubmit('say', async (form, node) => {
  const text = String(form.get('text')).trim()
  if (text === '') return
  node.reset()
  await sayText(text)
})

const sayText = (text) => call('POST', `/people/${state.personId}/say`, { bot: state.bot, text })
const say = guarded(sayText)

const start = guarded(async () => {
  const link = state.pendingLink ?? `https://t.me/${state.bot}?start`
  await call('POST', `/people/${state.personId}/open`, { link })
  state.pendingLink = undefined
})

const toggleBlock = guarded(async () => {
  const isBlocked = element('block').dataset.isBlocked === 'true'
  await call('POST', `/people/${state.personId}/${isBlocked ? 'unblock' : 'block'}`, { bot: state.bot })
})

element('start-button').addEventListener('click', () => void start())
element('block').addEventListener('click', () => void toggleBlock())

function botOf(link) {
  if (!URL.canParse(link)) return undefined
  const url = new URL(link)
  return url.protocol === 'tg:' ? url.searchParams.get('domain') : url.pathname.slice(1)
}

await refresh()
setInterval(() => void refresh(), refreshEveryMs)
