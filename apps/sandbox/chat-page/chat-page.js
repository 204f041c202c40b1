import { renderComposer, sayText, share } from './compose.js'
import { describeGroup, renderGroupPanel } from './render-group.js'
import { groupAlbums, renderAlbum } from './render-messages.js'
import { make } from './render-text.js'
import { call, choose, element, guarded, listeners, notice, shownGroup, state } from './session.js'

// The chat page: what a person sees and does in Telegram.
const refreshEveryMs = 700

function onSubmit(id, action) {
  const run = guarded(action)
  element(id).addEventListener('submit', (event) => {
    event.preventDefault()
    void run(new FormData(event.target), event.target)
  })
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
    listItem(`@${bot}`, bot === state.bot && !state.groupId, () => {
      choose(person.id, bot)
      void refresh()
    }),
  )
  const mine = person
    ? state.groups.filter(({ members, migrated_to: to }) => members.includes(person.id) && to === null)
    : []
  chats.push(
    ...mine.map(({ id, title }) =>
      listItem(title, id === state.groupId, () => {
        choose(person.id, undefined, id)
        void refresh()
      }),
    ),
  )
  element('loses-payloads').checked = person?.loses_payloads ?? false
  element('chats').replaceChildren(
    ...(chats.length > 0 ? chats : [make('li', { className: 'empty' }, 'No chat yet: open a start link.')]),
  )
}

function renderChat(person, messages) {
  const group = person && shownGroup()
  const chat = group ? undefined : person?.chats.find(({ bot }) => bot === state.bot)
  const isChat = person !== undefined && (group !== undefined || state.bot !== undefined)
  element('chat-header').hidden = !isChat
  element('chat-title').textContent = group?.title ?? `@${state.bot ?? ''}`
  element('chat-subtitle').textContent = group ? describeGroup(group, person) : `bot · as ${person?.first_name ?? ''}`
  element('group-panel').hidden = !group
  if (group) showGroupPanel(group, person)
  element('block').hidden = !chat
  element('block').textContent = chat?.is_blocked ? 'Unblock bot' : 'Block bot'
  element('block').dataset.isBlocked = String(chat?.is_blocked ?? false)
  const hasToStart = isChat && !group && (state.pendingLink !== undefined || !chat || chat.is_blocked)
  element('start').hidden = !hasToStart
  element('start-button').textContent = chat?.is_blocked ? 'RESTART' : 'START'
  element('say').hidden = !isChat || hasToStart
  const list = element('messages')
  const isAtEnd = state.isAtEnd || list.scrollHeight - list.scrollTop - list.clientHeight < 80
  state.isAtEnd = false
  list.replaceChildren(...groupAlbums(messages).map((group) => renderAlbum(group, messages)))
  renderReplyKeyboard(hasToStart ? [] : messages)
  renderComposer(isChat && !hasToStart ? messages : [])
  const showEnd = () => (list.scrollTop = list.scrollHeight)
  if (!isAtEnd) return
  showEnd()
  // A picture has its height once it is there.
  for (const picture of list.querySelectorAll('img, video')) {
    for (const event of ['load', 'loadedmetadata']) picture.addEventListener(event, showEnd, { once: true })
  }
}

function showGroupPanel(group, person) {
  const panel = renderGroupPanel(group, {
    person,
    topic: state.topic,
    onTopic: (topic) => {
      state.topic = topic
      state.shown = ''
      void refresh()
    },
    act: guarded(async (method, path, body) => {
      const { id } = await call(method, `/groups/${group.id}${path}`, body)
      if (path === '/upgrade') choose(person.id, undefined, id)
    }),
  })
  element('group-panel').replaceChildren(...panel)
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
        ...row.map((key) => {
          // Worlds that were kept from before have texts alone.
          const { text, asksFor } = typeof key === 'string' ? { text: key } : key
          const node = make('button', { type: 'button' }, text)
          node.addEventListener('click', () => void (asksFor ? share[asksFor]() : say(text)))
          return node
        }),
      ),
    ),
  )
}

let lastLook = Promise.resolve()
let nextLook

/** Shows what is there once what is being read now is shown: of looks beside each other an older one could end last, and on a slow machine they would pile up. */
function refresh() {
  nextLook ??= lastLook.then(() => {
    nextLook = undefined
    lastLook = look()
    return lastLook
  })
  return nextLook
}

async function look() {
  try {
    state.people = (await call('GET', '/people')).data
    state.groups = (await call('GET', '/groups')).data
    const person = state.people.find(({ id }) => id === state.personId)
    const hasChat = person?.chats.some(({ bot }) => bot === state.bot)
    const messages = await readMessages(person, hasChat)
    const { personId, bot, groupId, topic, replyTo, pendingLink, people, groups } = state
    const shown = JSON.stringify([personId, bot, groupId, topic, replyTo, pendingLink, people, groups, messages])
    if (shown === state.shown) return
    state.shown = shown
    renderLists(person)
    renderChat(person, messages)
  } catch {
    notice('The sandbox does not answer.', true)
  }
}

/** A draft stands where the message will be. */
function asMessage(draft) {
  return {
    ...draft,
    text: draft.text || 'Thinking …',
    is_draft: true,
    from_bot: true,
    buttons: [],
    reactions: [],
    media_group_id: null,
  }
}

async function readMessages(person, hasChat) {
  if (person && shownGroup()) {
    const { data } = await call('GET', `/groups/${state.groupId}/messages`)
    return state.topic === undefined ? data : data.filter(({ topic }) => topic === state.topic)
  }
  if (!hasChat) return []
  const [{ data }, { draft }] = await Promise.all([
    call('GET', `/people/${person.id}/messages?bot=${state.bot}`),
    call('GET', `/people/${person.id}/draft?bot=${state.bot}`),
  ])
  return draft ? [...data, asMessage(draft)] : data
}

onSubmit('new-group', async (form, node) => {
  if (!state.personId) throw new Error('Choose or add the person who makes the group first.')
  const title = String(form.get('title')).trim()
  if (title === '') return
  const kind = String(form.get('kind'))
  const group = kind === 'forum' ? { type: 'supergroup', is_forum: true } : { type: kind }
  const { id } = await call('POST', '/groups', {
    title,
    members: state.people.map((each) => each.id),
    administrators: [state.personId],
    ...group,
  })
  choose(state.personId, undefined, id)
  node.reset()
})

element('loses-payloads').addEventListener('change', () => void toggleLoss())
const toggleLoss = guarded(async () => {
  if (!state.personId) throw new Error('Choose or add the person whose app it is first.')
  await call('PATCH', `/people/${state.personId}`, { loses_payloads: element('loses-payloads').checked })
})

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
  node.reset()
  // A link for groups and channels adds the bot to the one that is open.
  if (/[?&]start(group|channel)/.test(link)) {
    if (!shownGroup())
      throw new Error('This link is for a group or channel: open the one to which the bot is to be added first.')
    await call('POST', `/people/${state.personId}/open`, { link, chat_id: state.groupId })
    return
  }
  choose(state.personId, bot)
  state.pendingLink = link
})

onSubmit('say', async (form, node) => {
  const text = String(form.get('text')).trim()
  if (text === '') return
  node.reset()
  await sayText(text)
})

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

async function keepShowing() {
  await refresh()
  setTimeout(() => void keepShowing(), refreshEveryMs)
}

listeners.refresh = refresh
await keepShowing()
