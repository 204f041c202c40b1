import { placeholderOf, type TextFormat, withoutPlaceholders } from '@tellwire/format'
import Mustache from 'mustache'
import { escapeFor, showValue } from './escape-value.js'

/** A version of a template: its text in one or more languages. */
export interface TemplateContent {
  format: TextFormat
  default_locale: string
  /** By BCP 47 language tag, in Mustache. */
  texts: Record<string, string>
  /** JSON Schema of the variables. */
  schema?: Record<string, unknown>
  /** A variable that is not given is an error, rather than nothing. */
  strict: boolean
}

/** What a template is rendered for. */
export interface TemplateReader {
  userId: string
  attributes: Record<string, unknown>
  /** The languages to look for, the most wanted first. */
  locales: readonly (string | null | undefined)[]
}

export interface RenderedTemplate {
  text: string
  values: string[]
}

export class TemplateError extends Error {
  override readonly name = 'TemplateError'
  readonly missing: string[]

  constructor(message: string, missing: string[] = []) {
    super(message)
    this.missing = missing
  }
}

/**
 * The text for one reader, with placeholders for the values where it is Markdown: no value can break it. What the reader's attributes say can be used as it is, and is overridden by the
 * variables; the user's id is `user.id`.
 * @throws {TemplateError} for a strict template with a variable that is not given, named in `missing`.
 */
export function renderTemplate(
  content: TemplateContent,
  variables: Record<string, unknown>,
  { userId, attributes, locales }: TemplateReader,
): RenderedTemplate {
  const text = content.texts[chooseLocale(content, locales)] ?? ''
  const view = withoutPrototypes({ ...attributes, ...variables, user: { id: userId, attributes } })
  const tokens = parse(text)
  const missing = new Set<string>()
  // What is walked through here is what is rendered below: no more than is bounded.
  walk(tokens, new Mustache.Context(view), { steps: 0, length: 0 }, missing)
  if (content.strict && missing.size > 0) {
    const names = [...missing]
    throw new TemplateError(`not given: ${names.join(', ')}`, names)
  }
  if (content.format !== 'markdown') {
    return { text: Mustache.render(text, view, {}, { escape: escapeFor(content.format) }), values: [] }
  }
  const values: string[] = []
  const escape = (value: unknown): string => placeholderOf(values.push(showValue(value)) - 1)
  return { text: Mustache.render(withoutPlaceholders(text), view, {}, { escape }), values }
}

const stepsMax = 10_000
const lengthMax = 131_072
const parsedMax = 1_000

const parsed = new Map<string, unknown>()
// Its own cache forgets nothing.
Mustache.templateCache = {
  get: (key) => parsed.get(key) as string | undefined,
  set: (key, tokens) => {
    const [oldest] = parsed.keys()
    if (parsed.size >= parsedMax && oldest !== undefined) parsed.delete(oldest)
    parsed.set(key, tokens)
  },
  clear: () => parsed.clear(),
}

function parse(text: string): Token[] {
  return Mustache.parse(text) as Token[]
}

/** @throws {TemplateError} for a text that is no template. */
export function assertTemplate(text: string): void {
  let tokens: Token[]
  try {
    tokens = parse(text)
  } catch (error) {
    throw new TemplateError(error instanceof Error ? error.message : 'not a template')
  }
  if (hasPartial(tokens)) throw new TemplateError('a template cannot include another')
}

/** `de-AT` is served by `de-AT`, then `de`. */
export function chooseLocale(content: TemplateContent, wanted: TemplateReader['locales']): string {
  const known = new Map(Object.keys(content.texts).map((locale) => [locale.toLowerCase(), locale]))
  for (const locale of wanted) {
    const tags = (locale ?? '').toLowerCase().split('-')
    for (let length = tags.length; length > 0; length--) {
      const found = known.get(tags.slice(0, length).join('-'))
      if (found !== undefined) return found
    }
  }
  return content.default_locale
}

/** Type, name, start, end, and of a section what is in it. */
type Token = [type: string, name: string, start: number, end: number, inner?: Token[]]

function hasPartial(tokens: readonly Token[]): boolean {
  return tokens.some(([type, , , , inner]) => type === '>' || (inner !== undefined && hasPartial(inner)))
}

interface Cost {
  steps: number
  length: number
}

/**
 * Goes the way that rendering will go. A list in a list of itself would take for ever.
 * @throws {TemplateError} for what takes too long, or becomes too long.
 */
function walk(tokens: readonly Token[], context: Mustache.Context, cost: Cost, missing: Set<string>): void {
  for (const [type, name, , , inner] of tokens) {
    if (++cost.steps > stepsMax) throw new TemplateError('it takes too many steps')
    if (type === 'text') cost.length += name.length
    const value: unknown = type === 'text' ? undefined : context.lookup(name)
    if (type === 'name' || type === '&') {
      if (value === undefined) missing.add(name)
      else cost.length += typeof value === 'string' ? value.length : JSON.stringify(value).length
    }
    if (cost.length > lengthMax) throw new TemplateError('it becomes too long')
    if (inner) for (const next of contextsOf(type, value, context)) walk(inner, next, cost, missing)
  }
}

/** What a section is rendered with: once for each item of a list. */
function contextsOf(type: string, value: unknown, context: Mustache.Context): Mustache.Context[] {
  const isGiven = Array.isArray(value) ? value.length > 0 : Boolean(value)
  if (type === '^') return isGiven ? [] : [context]
  if (!isGiven) return []
  const items: unknown[] = Array.isArray(value) ? value : [value]
  return items.map((item) => (typeof item === 'boolean' ? context : context.push(item)))
}

/** Names that every object inherits are no variables, and nothing in a view can be called. As text it is JSON. */
function withoutPrototypes(value: unknown): unknown {
  if (Array.isArray(value)) return showsAsJson(value.map(withoutPrototypes), value)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([key, inner]) => [key, withoutPrototypes(inner)] as const)
  return showsAsJson(Object.assign(Object.create(null) as object, Object.fromEntries(entries)), value)
}

function showsAsJson<Shown extends object>(shown: Shown, value: object): Shown {
  return Object.defineProperty(shown, 'toString', { value: () => JSON.stringify(value) })
}
