import type { TextFormat } from '@tellwire/format'
import Mustache from 'mustache'
import { escapeFor } from './escape-value.js'

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

export class TemplateError extends Error {
  override readonly name = 'TemplateError'
  readonly missing: string[]

  constructor(message: string, missing: string[] = []) {
    super(message)
    this.missing = missing
  }
}

/**
 * The text for one reader. What the reader's attributes say can be used as it is, and is overridden by the
 * variables; the user's id is `user.id`.
 * @throws {TemplateError} for a strict template with a variable that is not given, named in `missing`.
 */
export function renderTemplate(
  content: TemplateContent,
  variables: Record<string, unknown>,
  { userId, attributes, locales }: TemplateReader,
): string {
  const text = content.texts[chooseLocale(content, locales)] ?? ''
  const view = withoutPrototypes({ ...attributes, ...variables, user: { id: userId, attributes } })
  if (content.strict) {
    const missing = [...new Set(findMissing(Mustache.parse(text) as Token[], new Mustache.Context(view)))]
    if (missing.length > 0) throw new TemplateError(`not given: ${missing.join(', ')}`, missing)
  }
  return Mustache.render(text, view, {}, { escape: escapeFor(content.format) })
}

/** @throws {TemplateError} for a text that is no template. */
export function assertTemplate(text: string): void {
  let tokens: Token[]
  try {
    tokens = Mustache.parse(text) as Token[]
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

function findMissing(tokens: readonly Token[], context: Mustache.Context): string[] {
  return tokens.flatMap(([type, name, , , inner]): string[] => {
    if (type === 'name' || type === '&') return context.lookup(name) === undefined ? [name] : []
    if (!inner) return []
    const value = context.lookup(name) as unknown
    const isGiven = Array.isArray(value) ? value.length > 0 : Boolean(value)
    if (type === '^') return isGiven ? [] : findMissing(inner, context)
    if (!isGiven) return []
    const items: unknown[] = Array.isArray(value) ? value : [value]
    return items.flatMap((item) => findMissing(inner, typeof item === 'boolean' ? context : context.push(item)))
  })
}

/** Names that every object inherits are no variables, and nothing in a view can be called. */
function withoutPrototypes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutPrototypes)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([key, inner]) => [key, withoutPrototypes(inner)] as const)
  return Object.assign(Object.create(null) as object, Object.fromEntries(entries))
}
