export function make(tag, properties = {}, ...children) {
  const node = Object.assign(document.createElement(tag), properties)
  node.append(...children)
  return node
}

/** Text with entities, as Telegram shows it. Entities nest or follow each other; they never cross. */
export function renderText(text, entities) {
  const boundaries = new Set([0, text.length])
  for (const { offset, length } of entities) boundaries.add(offset).add(offset + length)
  const cuts = [...boundaries].sort((a, b) => a - b)
  const fragment = document.createDocumentFragment()
  renderRange(fragment, text, entities, cuts, 0, text.length)
  return fragment
}

const blockTypes = new Set(['pre', 'blockquote', 'expandable_blockquote'])

function renderRange(parent, text, entities, cuts, start, end) {
  let position = start
  let isAfterBlock = false
  while (position < end) {
    const entity = entities.find(({ offset, length }) => offset === position && offset + length <= end)
    if (entity) {
      const node = makeEntity(entity, text.slice(entity.offset, entity.offset + entity.length))
      const inner = entities.filter((other) => other !== entity)
      renderRange(node, text, inner, cuts, entity.offset, entity.offset + entity.length)
      parent.append(node)
      position = entity.offset + entity.length
      isAfterBlock = blockTypes.has(entity.type)
    } else {
      const next = Math.min(cuts.find((cut) => cut > position) ?? end, end)
      const isBeforeBlock = entities.some(({ type, offset }) => offset === next && blockTypes.has(type))
      parent.append(...linkAddresses(withoutBreaks(text.slice(position, next), isAfterBlock, isBeforeBlock), parent))
      position = next
      isAfterBlock = false
    }
  }
}

/** Telegram finds addresses by itself, outside of links and code. */
function linkAddresses(text, parent) {
  if (parent instanceof Element && parent.closest('a, code, pre')) return [text]
  return text
    .split(/(https?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)])/)
    .map((part, index) =>
      index % 2 === 0 ? part : make('a', { href: part, target: '_blank', rel: 'noreferrer' }, part),
    )
}

/** A block breaks the line by itself. */
function withoutBreaks(text, isAfterBlock, isBeforeBlock) {
  const begun = isAfterBlock ? text.replace(/^\n/, '') : text
  return isBeforeBlock ? begun.replace(/\n$/, '') : begun
}

/** Three lines of it, until it is tapped. */
function makeExpandable(node) {
  node.classList.add('expandable')
  node.tabIndex = 0
  node.title = 'Show all'
  node.addEventListener('click', () => node.classList.toggle('expanded'))
}

/** The element in which a text with a meaning stands. */
export function makeEntity(entity, text) {
  const tags = {
    bold: 'strong',
    italic: 'em',
    underline: 'u',
    strikethrough: 's',
    code: 'code',
    pre: 'pre',
    blockquote: 'blockquote',
    expandable_blockquote: 'blockquote',
  }
  if (tags[entity.type]) {
    const node = make(tags[entity.type])
    if (entity.type === 'pre' && entity.language) node.dataset.language = entity.language
    if (entity.type === 'expandable_blockquote') makeExpandable(node)
    return node
  }
  if (entity.type === 'text_link' || entity.type === 'url') {
    return make('a', { href: entity.url ?? text, target: '_blank', rel: 'noreferrer' })
  }
  if (entity.type === 'custom_emoji') {
    return make('span', { className: 'emoji', title: `custom emoji ${entity.custom_emoji_id}` })
  }
  if (entity.type === 'date_time') {
    return make('time', { className: 'moment', title: new Date(entity.unix_time * 1000).toLocaleString() })
  }
  if (entity.type === 'text_mention') {
    return make('a', { href: `tg://user?id=${entity.user.id}` })
  }
  if (entity.type === 'spoiler') {
    const node = make('span', { className: 'spoiler', tabIndex: 0, title: 'Show' })
    node.addEventListener('click', () => node.classList.add('shown'))
    return node
  }
  return make('span', { className: entity.type === 'bot_command' ? 'command' : '' })
}
