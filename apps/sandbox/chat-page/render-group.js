import { make } from './render-text.js'

// What can be done in a group or channel besides writing: its bots and their rights, its topics, its upgrade.

const kinds = { group: 'group', supergroup: 'supergroup', channel: 'channel' }

/** Says what a group is. */
export function describeGroup({ type, members, topics, administrators }, person) {
  const role = administrators.includes(person.id) ? 'administrator' : 'member'
  return `${topics ? 'forum' : kinds[type]} · ${members.length} people · as ${person.first_name}, ${role}`
}

/**
 * The panel of a group. @param act is called with the method, the path below `/groups/{id}` and the body of what is to
 * be done.
 */
export function renderGroupPanel(group, { person, topic, onTopic, act }) {
  const { type, bots, topics } = group
  const button = (label, ...call) => {
    const node = make('button', { type: 'button', className: 'small' }, label)
    node.addEventListener('click', () => void act(...call))
    return node
  }
  const rights = (bot, change) => ['PUT', '/bots', { bot, person: person.id, ...change }]
  const rows = bots.map(({ bot, status }) =>
    make(
      'div',
      { className: 'row' },
      make('span', { className: 'grow' }, `@${bot}: ${status}`),
      status === 'administrator'
        ? button(
            'Demote',
            ...rights(bot, { status: type === 'channel' ? 'administrator' : 'member', can_post_messages: false }),
          )
        : button('Promote', ...rights(bot, { status: 'administrator' })),
      type === 'channel'
        ? button('May post', ...rights(bot, { status: 'administrator' }))
        : status === 'restricted'
          ? button('Let speak', ...rights(bot, { status: 'member' }))
          : button('Silence', ...rights(bot, { status: 'restricted', can_send_messages: false })),
      button('Remove', 'DELETE', '/bots', { bot, person: person.id }),
    ),
  )
  if (type === 'group') rows.push(button('Make it a supergroup', 'POST', '/upgrade'))
  if (topics) rows.push(renderTopics(topics, { topic, onTopic, button }))
  return rows
}

function renderTopics(topics, { topic, onTopic, button }) {
  const chosen = topics.find(({ id }) => id === topic)
  const select = make('select', { ariaLabel: 'Topic' })
  select.append(new Option('General', ''), ...topics.map(({ id, title }) => new Option(title, id)))
  select.value = chosen ? String(chosen.id) : ''
  select.addEventListener('change', () => onTopic(Number(select.value) || undefined))
  const change = chosen
    ? [
        button(chosen.is_closed ? 'Reopen topic' : 'Close topic', 'PATCH', `/topics/${chosen.id}`, {
          is_closed: !chosen.is_closed,
        }),
        button('Delete topic', 'DELETE', `/topics/${chosen.id}`),
      ]
    : []
  return make(
    'div',
    { className: 'row' },
    select,
    button('New topic', 'POST', '/topics', { title: `Topic ${topics.length + 1}` }),
    ...change,
  )
}
