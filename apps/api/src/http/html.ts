const replacements: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

export class Html {
  readonly source: string
  constructor(source: string) {
    this.source = source
  }
}

/** A template whose values are escaped, unless they are `Html` themselves. */
export function html(strings: TemplateStringsArray, ...values: (string | Html)[]): Html {
  return new Html(strings.reduce((source, part, index) => source + toSource(values[index - 1] ?? '') + part))
}

function toSource(value: string | Html): string {
  return value instanceof Html
    ? value.source
    : value.replace(/[&<>"']/g, (character) => replacements[character] ?? character)
}

/** Several pieces, one after the other. */
export function joinHtml(pieces: readonly Html[]): Html {
  return new Html(pieces.map(({ source }) => source).join(''))
}
