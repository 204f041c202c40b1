import { readdirSync, readFileSync } from 'node:fs'
import MarkdownIt, { type Token } from 'markdown-it'
import { guidesFolder } from '../../folders.js'
import { Html, html, joinHtml } from '../../http/html.js'
import { renderLayout } from './layout.js'

export interface Guide {
  title: string
  content: Html
}

/** In the order in which they are read; others come after these. */
const order = [
  'first-notification',
  'hearing-people',
  'conversations',
  'moving-from-your-own-bot',
  'going-to-production',
  'what-it-costs',
]

let known: ReadonlyMap<string, Guide> | undefined

/** The guides, by the name that their address ends with. They are read when somebody asks for them first. */
export function readGuides(): ReadonlyMap<string, Guide> {
  known ??= readAll()
  return known
}

function readAll(): ReadonlyMap<string, Guide> {
  const names = readdirSync(guidesFolder).map((file) => file.replace(/\.md$/, ''))
  const placeOf = (name: string): number => (order.includes(name) ? order.indexOf(name) : order.length)
  return new Map(names.toSorted((a, b) => placeOf(a) - placeOf(b)).map((name) => [name, readGuide(name)]))
}

function readGuide(name: string): Guide {
  const source = readFileSync(`${guidesFolder}/${name}.md`, 'utf8')
  // They are our own, and bring no HTML.
  const markdown = new MarkdownIt({ html: false, typographer: false })
  markdown.core.ruler.push('links', ({ tokens }) => tokens.forEach(({ children }) => turnLinks(children ?? [])))
  const title = /^# (.*)$/m.exec(source)?.[1] ?? name
  return { title, content: new Html(markdown.render(source)) }
}

/** Guides link each other by their pages. Other documents have none: of a link to one the text is left. */
function turnLinks(tokens: Token[]): void {
  const open = tokens.filter(({ type }) => type === 'link_open')
  const close = tokens.filter(({ type }) => type === 'link_close')
  for (const [index, token] of open.entries()) {
    const href = String(token.attrGet('href') ?? '')
    token.attrSet('href', href.replace(/^([\w-]+)\.md/, '/docs/guides/$1'))
    if (!href.startsWith('../')) continue
    token.attrs = null
    for (const each of [token, close[index]]) if (each) each.tag = 'span'
  }
}

export function renderGuide({ title, content }: Guide): string {
  return renderLayout(`${title} · Tellwire`, html`<article class="guide">${content}</article>`)
}

export function renderGuides(guides: ReadonlyMap<string, Guide>): string {
  const items = [...guides].map(([name, { title }]) => html`<li><a href="/docs/guides/${name}">${title}</a></li>`)
  return renderLayout(
    'Guides · Tellwire',
    html`<h1>Guides</h1>
      <ul class="places">
        ${joinHtml(items)}
      </ul>`,
  )
}
