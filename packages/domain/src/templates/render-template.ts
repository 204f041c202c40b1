import { placeholderOf, type TextFormat, withoutPlaceholders } from '@tellwire/format'
import Mustache from 'mustache'
import { showValue } from './show-value.js'
import { TemplateError } from './template-error.js'
import { readTimeTag, type TimeTag, writeTime } from './template-time.js'

export { TemplateError } from './template-error.js'

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
  timezone?: string | null | undefined
}

export interface RenderedTemplate {
  text: string
  values: string[]
}

/**
 * The text for one reader, with placeholders for the values where it has a format: no value can break it. What the reader's attributes say can be used as it is, and is overridden by the
 * variables; the user's id is `user.id`.
 * @throws {TemplateError} for a strict template with a variable that is not given, named in `missing`; and where it
 * takes too many steps or becomes too long.
 */
export function renderTemplate(
  content: TemplateContent,
  variables: Record<string, unknown>,
  { userId, attributes, locales, timezone }: TemplateReader,
): RenderedTemplate {
  const locale = chooseLocale(content, locales)
  const text = content.texts[locale] ?? ''
  const view = { ...attributes, ...variables, user: { id: userId, attributes } }
  const values: string[] = []
  const escape =
    content.format === 'plain' ? (value: string) => value : (value: string) => placeholderOf(values.push(value) - 1)
  const source = content.format === 'plain' ? text : withoutPlaceholders(text)
  const reader = { textFormat: content.format, locale, timezone, escape }
  const write = (value: unknown, tag: TimeTag): string => writeTime(value, tag, reader)
  const rendering: Rendering = { escape, writeTime: write, output: '', steps: 0, length: 0, missing: new Set() }
  renderTokens(parse(source), [view], rendering)
  const { missing, output } = rendering
  if (content.strict && missing.size > 0) {
    const names = [...missing]
    throw new TemplateError(`not given: ${names.join(', ')}`, names)
  }
  return { text: output, values }
}

const stepsMax = 10_000
/** No more than a text may have that is posted. */
const lengthMax = 32_768
const nestingMax = 20
const namePartsMax = 10
const parsedMax = 1_000

/** Type, name, start, end, and of a section what is in it. */
type Token = [type: string, name: string, start: number, end: number, inner?: Token[]]

const parsed = new Map<string, Token[]>()
// Mustache's own cache forgets nothing.
Mustache.templateCache = { get: () => undefined, set: () => undefined, clear: () => undefined }

function parse(text: string): Token[] {
  const known = parsed.get(text)
  if (known) return known
  const tokens = Mustache.parse(text) as Token[]
  const [oldest] = parsed.keys()
  if (parsed.size >= parsedMax && oldest !== undefined) parsed.delete(oldest)
  parsed.set(text, tokens)
  return tokens
}

/** @throws {TemplateError} for a text that is no template, or that no variables could be filled into within bounds. */
export function assertTemplate(text: string): void {
  let tokens: Token[]
  try {
    tokens = parse(text)
  } catch (error) {
    throw new TemplateError(error instanceof Error ? error.message : 'not a template')
  }
  if (countSteps(tokens, 1) > stepsMax) throw new TemplateError(tooManySteps)
}

const tooManySteps = 'it takes too many steps'

/** Counts what rendering takes at least: of each name every part of it. */
function countSteps(tokens: readonly Token[], level: number): number {
  if (level > nestingMax + 1) throw new TemplateError(`sections are nested deeper than ${nestingMax} levels`)
  let steps = 0
  for (const [type, name, , , inner] of tokens) {
    if (type === '>') throw new TemplateError('a template cannot include another')
    const isNamed = type === 'name' || type === '&' || type === '#' || type === '^'
    if (type === 'name' || type === '&') readTimeTag(name)
    const parts = isNamed ? name.split('.').length : 1
    if (parts > namePartsMax && name !== '.') {
      throw new TemplateError(`a name has more than ${namePartsMax} parts between its dots`)
    }
    steps += parts + (inner ? countSteps(inner, level + 1) : 0)
  }
  return steps
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

interface Rendering {
  escape: (value: string) => string
  writeTime: (value: unknown, tag: TimeTag) => string
  output: string
  /** Tokens that were rendered, and names and their parts that were looked for: what the rendering has cost. */
  steps: number
  /** Of all that was put in, whether or not it is in the output yet. */
  length: number
  missing: Set<string>
}

/** @param views what names are looked for in, from the outside in. */
function renderTokens(tokens: readonly Token[], views: readonly unknown[], rendering: Rendering): void {
  for (const [type, name, , , inner = []] of tokens) {
    step(rendering, 1)
    if (type === 'text') put(name, name.length, rendering)
    else if (type === 'name' || type === '&') putNamed(type, name, views, rendering)
    else if (type === '#') renderSection(inner, lookUp(name, views, rendering), views, rendering)
    else if (type === '^' && !isGiven(lookUp(name, views, rendering))) renderTokens(inner, views, rendering)
  }
}

function putNamed(type: 'name' | '&', name: string, views: readonly unknown[], rendering: Rendering): void {
  const time = readTimeTag(name)
  if (!time) return putValue(type, name, lookUp(name, views, rendering), rendering)
  const value = lookUp(time.name, views, rendering)
  if (value === undefined) rendering.missing.add(time.name)
  if (value === undefined || value === null) return
  const written = rendering.writeTime(value, time)
  put(written, written.length, rendering)
}

function putValue(type: 'name' | '&', name: string, value: unknown, rendering: Rendering): void {
  if (value === undefined) rendering.missing.add(name)
  if (value === undefined || value === null) return
  const shown = showValue(value)
  put(type === '&' ? shown : rendering.escape(shown), shown.length, rendering)
}

function put(text: string, length: number, rendering: Rendering): void {
  rendering.length += length
  if (rendering.length > lengthMax) throw new TemplateError('it becomes too long')
  rendering.output += text
}

/** A section is rendered once for each item of a list, and once for anything else that is given. */
function renderSection(inner: readonly Token[], value: unknown, views: readonly unknown[], rendering: Rendering): void {
  if (!isGiven(value)) return
  for (const item of Array.isArray(value) ? (value as unknown[]) : [value]) {
    step(rendering, 1)
    renderTokens(inner, typeof item === 'boolean' ? views : [...views, item], rendering)
  }
}

function isGiven(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : Boolean(value)
}

/** Finds what a name stands for, in the innermost view that knows it. What every object inherits is no variable. */
function lookUp(name: string, views: readonly unknown[], rendering: Rendering): unknown {
  if (name === '.') return views.at(-1)
  const parts = name.split('.')
  for (let level = views.length - 1; level >= 0; level--) {
    step(rendering, parts.length)
    const found = follow(parts, views[level])
    if (found) return found.value
  }
  return undefined
}

function follow(parts: readonly string[], view: unknown): { value: unknown } | undefined {
  let value = view
  for (const part of parts) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined
    value = (value as Record<string, unknown>)[part]
  }
  return { value }
}

function step(rendering: Rendering, count: number): void {
  rendering.steps += count
  if (rendering.steps > stepsMax) throw new TemplateError(tooManySteps)
}
