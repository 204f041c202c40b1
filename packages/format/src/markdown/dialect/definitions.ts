import type MarkdownIt from 'markdown-it'
import type { StateCore } from 'markdown-it'
import { lineOf, ruleOf } from './rules.js'

/** A line is a definition only where it leads to an address. */
const address = /^\s{0,3}\[[^\]]+\]:\s*<?(?:[a-z][a-z0-9+.-]*:|www\.)/i

interface Definition {
  label: string
  isFirst: boolean
}

/**
 * A definition that nothing refers to is shown as it is written, and `[ERROR]: /var/log/app.log` is none at all: people
 * write lines like these without thinking of links.
 */
export function showUnusedDefinitions(parser: MarkdownIt): void {
  const readReference = ruleOf(parser, 'reference')
  parser.block.ruler.at('reference', (state, startLine, endLine, isSilent) => {
    if (!address.test(lineOf(state, startLine))) return false
    const before = new Set(Object.keys(referencesOf(state)))
    if (!readReference(state, startLine, endLine, isSilent)) return false
    if (isSilent) return true
    const written = state.getLines(startLine, state.line, state.blkIndent, false).trimEnd()
    const label = parser.utils.normalizeReference(/\[((?:\\.|[^\]\\])+)\]:/.exec(written)?.[1] ?? '')
    const token = state.push('definition', '', 0)
    token.content = written
    token.map = [startLine, state.line]
    token.meta = { label, isFirst: !before.has(label) } satisfies Definition
    return true
  })
  parser.core.ruler.before('inline', 'watch_definitions', watchDefinitions)
  parser.core.ruler.after('inline', 'unused_definitions', dropUsedDefinitions)
}

interface Environment {
  references?: Record<string, unknown>
  usedDefinitions?: Set<string>
}

function referencesOf({ env }: { env: unknown }): Record<string, unknown> {
  return (env as Environment).references ?? {}
}

/** From now on, whatever is looked up is referred to. */
function watchDefinitions({ env }: StateCore): void {
  const environment = env as Environment
  if (!environment.references) return
  const used = new Set<string>()
  environment.usedDefinitions = used
  environment.references = new Proxy(environment.references, {
    get(references, label) {
      if (typeof label === 'string' && Object.hasOwn(references, label)) used.add(label)
      return Reflect.get(references, label) as unknown
    },
  })
}

function dropUsedDefinitions(state: StateCore): void {
  const used = (state.env as Environment).usedDefinitions ?? new Set()
  state.tokens = state.tokens.filter(({ type, meta }) => {
    if (type !== 'definition') return true
    const { label, isFirst } = meta as Definition
    return !(isFirst && used.has(label))
  })
}
