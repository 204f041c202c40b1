import type { Token } from 'markdown-it'

// Values are not part of the source: where they stand there is a placeholder, which means nothing in Markdown.
// So a value is shown as it is, in a text, in code and in an address, whatever characters it has.

const [start, end] = ['\uf8f0', '\uf8f1']
const placeholder = /\uf8f0(\d+)\uf8f1/g
/** The parser has encoded what stands in an address. */
const encodedPlaceholder = /%EF%A3%B0(\d+)%EF%A3%B1/g

/** Stands in a source for the value with this index. */
export function placeholderOf(index: number): string {
  return `${start}${index}${end}`
}

/** A source of which no part is taken for a placeholder. */
export function withoutPlaceholders(source: string): string {
  return source.replace(/[\uf8f0\uf8f1]/g, '')
}

export function fillText(text: string, values: readonly string[]): string {
  return text.replace(placeholder, (_, index) => values[Number(index)] ?? '')
}

/** Puts the values into what the parser made of the source. */
export function fillTokens(tokens: readonly Token[], values: readonly string[]): void {
  for (const token of tokens) {
    token.content = fillText(token.content, values)
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
  return address.replace(encodedPlaceholder, (_, index, offset) => {
    const value = values[Number(index)] ?? ''
    return offset === 0 ? value.trim() : encodeURIComponent(value.toWellFormed())
  })
}
