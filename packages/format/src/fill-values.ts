import type { Token } from 'markdown-it'
import type { Entity, FormattedText } from './formatted-text.js'

// Values are not part of the source: where they stand there is a placeholder, which means nothing in any format.
// So a value is shown as it is, in a text, in code and in an address, whatever characters it has.

const [start, end] = ['\uf8f0', '\uf8f1']
const placeholder = /\uf8f0(\d+)\uf8f1/g
/** The parser has encoded what stands in an address of Markdown; those of HTML are as they were written. */
const addressPlaceholder = /(?:%EF%A3%B0|\uf8f0)(\d+)(?:%EF%A3%B1|\uf8f1)/g

/** Stands in a source for the value with this index. */
export function placeholderOf(index: number): string {
  return `${start}${index}${end}`
}

/** A source of which no part is taken for a placeholder. */
export function withoutPlaceholders(source: string): string {
  return source.replace(/[\uf8f0\uf8f1]/g, '')
}

/** A moment whose words are a value, where it was not read as one: in code, its words stand for it. */
const unreadMoment = /!\[(\uf8f0\d+\uf8f1)\]\(tg:\/\/time\?[^)\s]*\)/g

/** Puts the values into what a parser reads besides the text: addresses, and words such as the language of code. */
export interface Filling {
  address(written: string): string
  word(written: string): string
}

export const unfilled: Filling = { address: (written) => written, word: (written) => written }

export function fillingWith(values: readonly string[]): Filling {
  if (values.length === 0) return unfilled
  return { address: (written) => fillAddress(written, values), word: (written) => fillText(written, values) }
}

export function fillText(text: string, values: readonly string[]): string {
  return text.replace(placeholder, (_, index) => values[Number(index)] ?? '')
}

/** Puts the values into what the parser made of the source. */
export function fillTokens(tokens: readonly Token[], values: readonly string[]): void {
  for (const token of tokens) {
    token.content = fillText(token.content.replace(unreadMoment, '$1'), values)
    token.info = fillText(token.info, values)
    for (const name of ['href', 'src']) {
      const address = token.attrGet(name)
      if (address !== null) token.attrSet(name, fillAddress(address, values))
    }
    fillTokens(token.children ?? [], values)
  }
}

/** A value that an address begins with is an address; one further on is a part of its path or query. */
function fillAddress(address: string, values: readonly string[]): string {
  return address.replace(addressPlaceholder, (_, index, offset) => {
    const value = values[Number(index)] ?? ''
    return offset === 0 ? value.trim() : encodeURIComponent(value.toWellFormed())
  })
}

/** Puts the values into a text that was parsed; its entities hold what they held. */
export function fillFormatted({ text, entities }: FormattedText, values: readonly string[]): FormattedText {
  if (values.length === 0) return { text, entities }
  const places = Array.from(text.matchAll(placeholder), ({ index, 0: { length }, 1: number }) => ({
    end: index + length,
    by: (values[Number(number)] ?? '').length - length,
  }))
  let next = 0
  let shift = 0
  const moved = new Map<number, number>()
  const bounds = entities.flatMap(({ offset, length }) => [offset, offset + length])
  for (const bound of new Set(bounds.toSorted((a, b) => a - b))) {
    for (let place = places[next]; place && place.end <= bound; place = places[++next]) shift += place.by
    moved.set(bound, bound + shift)
  }
  const move = (bound: number): number => moved.get(bound) ?? bound
  return {
    text: fillText(text, values),
    entities: entities.map((entity): Entity => {
      const offset = move(entity.offset)
      return { ...entity, offset, length: move(entity.offset + entity.length) - offset }
    }),
  }
}
