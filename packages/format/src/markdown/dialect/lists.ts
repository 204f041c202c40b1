import type MarkdownIt from 'markdown-it'
import type { StateCore, Token } from 'markdown-it'

/** The marker stands in front of its list item, as it is shown. */
export interface ItemMeta {
  marker: string
}

const orderedItem = /^( {0,3})(\d{1,9})([.)])( {1,4})(?=\S)/
const anyItem = /^ *(?:[-+*]|\d{1,9}[.)]) +\S/
const fenceLine = /^ {0,3}(?:`{3,}|~{3,})/
/** An amount, of which the sign is a part and not the marker of a list. */
const amount = /^\d[\d.,]*(?:\s?(?:%|[A-Z]{3}|\p{Sc}))?$/u

/** Lists as people write them: items below `1.` by two spaces, the numbers as they were given, signs of amounts kept. */
export function addWrittenLists(parser: MarkdownIt): void {
  parser.core.ruler.after('normalize', 'nest_items', (state) => {
    state.src = nestNarrowItems(state.src)
  })
  parser.core.ruler.after('block', 'mark_items', (state) => markItems(state, chooseWrittenMarkers))
}

/** Lists as CommonMark numbers them: from the first number on. */
export function addCountedLists(parser: MarkdownIt): void {
  parser.core.ruler.after('block', 'mark_items', (state) => markItems(state, countFromFirst))
}

/** Moves items that are indented by less than the text of the numbered item above them below that text. */
function nestNarrowItems(source: string): string {
  if (!/\d[.)] /.test(source)) return source
  let item: { indent: number; offset: number } | undefined
  let moved: { from: number; by: number } | undefined
  let isInFence = false
  const lines = source.split('\n').map((line) => {
    if (fenceLine.test(line)) isInFence = !isInFence
    if (isInFence || line.trim() === '') return line
    const indent = line.length - line.trimStart().length
    if (moved && indent < moved.from) moved = undefined
    const [marker, before = ''] = orderedItem.exec(line) ?? []
    if (moved === undefined && item && indent >= item.indent + 2 && indent < item.offset && anyItem.test(line)) {
      moved = { from: indent, by: item.offset - indent }
    } else if (moved === undefined && marker !== undefined) {
      item = { indent: before.length, offset: marker.length }
    } else if (item && indent <= item.indent && marker === undefined) {
      item = undefined
    }
    return moved ? ' '.repeat(moved.by) + line : line
  })
  return lines.join('\n')
}

interface List {
  isOrdered: boolean
  items: Item[]
  open: Token
  /** The list before it, where nothing stands between the two. */
  before: List | undefined
}

interface Item {
  token: Token
  /** The text of its first block; undefined where that is none. */
  text: string | undefined
}

type ChooseMarkers = (list: List) => string[]

function markItems({ tokens }: StateCore, choose: ChooseMarkers): void {
  for (const list of findLists(tokens)) {
    for (const [index, marker] of choose(list).entries()) {
      const item = list.items[index]
      if (item) item.token.meta = { marker } satisfies ItemMeta
    }
  }
}

/** In the order in which they begin. */
function findLists(tokens: readonly Token[]): List[] {
  const lists: List[] = []
  const open: List[] = []
  const closedBy = new Map<Token, List>()
  for (const [index, token] of tokens.entries()) {
    if (token.type === 'ordered_list_open' || token.type === 'bullet_list_open') {
      const neighbour = tokens[index - 1]
      const before = neighbour && closedBy.get(neighbour)
      const isAdjacent = before?.open.map?.[1] === token.map?.[0]
      const isOrdered = token.type === 'ordered_list_open'
      const list: List = { isOrdered, items: [], open: token, before: isAdjacent ? before : undefined }
      lists.push(list)
      open.push(list)
    } else if (token.type === 'list_item_open') open.at(-1)?.items.push({ token, text: textAfter(tokens, index) })
    else if (token.type === 'ordered_list_close' || token.type === 'bullet_list_close') {
      const list = open.pop()
      if (list) closedBy.set(token, list)
    }
  }
  return lists
}

function countFromFirst({ isOrdered, items, open }: List): string[] {
  const start = Number(open.attrGet('start') ?? 1)
  return items.map(({ token: { markup } }, index) => (isOrdered ? `${start + index}${markup} ` : '• '))
}

/** The numbers that were given; where each item has the same, they count on, also over bullets that stand between. */
function chooseWrittenMarkers(list: List): string[] {
  const { isOrdered, items } = list
  if (!isOrdered) return items.map((item) => (isAmount(item) ? `${item.token.markup} ` : '• '))
  const first = items[0]?.token.info
  const isCounted = items.every(({ token }) => token.info === first)
  const from = isCounted ? (numberAfter(list) ?? Number(first)) : 0
  return items.map(({ token: { info, markup } }, index) => {
    const number = isCounted && (items.length > 1 || from !== Number(info)) ? String(from + index) : info
    return `${number}${markup} `
  })
}

/** The number that follows the list before the bullets that stand in between, where all of them are written as the same. */
function numberAfter({ before, items }: List): number | undefined {
  const steps = before?.isOrdered === false ? before.before : before
  const written = items[0]?.token.info
  const last = steps?.items.at(-1)?.token
  if (steps?.isOrdered !== true || last?.info !== written) return undefined
  return Number.parseInt((last?.meta as ItemMeta | null)?.marker ?? '', 10) + 1
}

function isAmount({ token, text }: Item): boolean {
  return token.markup !== '*' && text !== undefined && amount.test(text)
}

function textAfter(tokens: readonly Token[], index: number): string | undefined {
  const text = tokens[index + 2]
  return text?.type === 'inline' ? text.content : undefined
}
