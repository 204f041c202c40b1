import { catalogues, type Language } from './languages.js'
import { formatOf } from './speak.js'
import type { TextKey } from './text-arguments.js'

/** Texts that a tenant may say in its own words: those that speak of it. */
export const overridableTexts = [
  'welcome',
  'welcome_account',
  'already_connected',
  'used',
  'expired',
  'taken',
  'confirm_ask',
  'confirm_ask_account',
  'unheard',
  'received',
  'page_title',
  'page_intro',
  'page_intro_group',
  'page_intro_channel',
  'connected_detail',
  'ended_detail',
] as const satisfies readonly TextKey[]

/** The fault of a text that a tenant wants instead of ours; undefined for none. */
export function findOverrideFault(language: Language, key: TextKey, source: string): string | undefined {
  try {
    const allowed = argumentsOf(language, catalogues[language][key])
    const unknown = [...argumentsOf(language, source)].filter((name) => !allowed.has(name))
    if (unknown.length === 0) return undefined
    return `names {${unknown[0]}}, but it is filled with ${[...allowed].map((name) => `{${name}}`).join(' and ')} only`
  } catch {
    return "is no message of ICU's format"
  }
}

/** The names of what a message is filled with. @throws where it is no message. */
export function argumentsOf(language: Language, source: string): Set<string> {
  const names = new Set<string>()
  collectArguments(formatOf(language, source).getAst(), names)
  return names
}

/** The kind of an element that is text. */
const literal = 0

function collectArguments(elements: ReturnType<ReturnType<typeof formatOf>['getAst']>, names: Set<string>): void {
  for (const element of elements) {
    if ('value' in element && element.type !== literal) names.add(element.value)
    if ('options' in element) for (const { value } of Object.values(element.options)) collectArguments(value, names)
  }
}
