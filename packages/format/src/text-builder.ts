import type { Entity, FormattedText } from './formatted-text.js'

type OpenEntity = Omit<Entity, 'length'>

/** Collects text and entities; knows which blank lines have to stand between two blocks. */
export class TextBuilder {
  #text = ''
  readonly #entities: Entity[] = []
  readonly #open: OpenEntity[] = []
  #separator = ''
  #isBlockStart = false
  /** What every line of the current block begins with, beyond its first. */
  indent = ''

  /** Where the next character will stand, in UTF-16 code units; a pending separator is not counted. */
  get length(): number {
    return this.#text.length
  }

  textFrom(offset: number): string {
    return this.#text.slice(offset)
  }

  /** Text that is written after a pending separator. */
  write(text: string): void {
    if (text === '') return
    this.#flushSeparator()
    this.#isBlockStart = false
    this.#text += this.indent === '' ? text : text.replaceAll('\n', `\n${this.indent}`)
  }

  /** Asks for at least these line breaks before whatever is written next. */
  separate(lineBreaks: 1 | 2): void {
    if (this.#text === '' || this.#isBlockStart) return
    if (lineBreaks > this.#separator.length) this.#separator = '\n'.repeat(lineBreaks)
  }

  /** Writes a list item's marker; what follows stands beside it, further lines below its text. */
  startItem(marker: string, outerIndent: string): void {
    this.write(marker)
    this.indent = outerIndent + ' '.repeat(marker.length)
    this.#isBlockStart = true
  }

  /** Begins an entity that holds blocks: the first of them stands at its very start. */
  openBlock(type: Entity['type']): void {
    this.open(type)
    this.#isBlockStart = true
  }

  open(type: Entity['type'], properties: Pick<Entity, 'url' | 'language'> = {}): void {
    this.#flushSeparator()
    this.#open.push({ type, offset: this.#text.length, ...properties })
  }

  /** Ends the entity that was opened last; one that holds nothing is dropped. */
  close(): void {
    const entity = this.#open.pop()
    const length = entity ? this.#text.length - entity.offset : 0
    if (entity && length > 0) this.#entities.push({ ...entity, length })
  }

  /** The text without white space at its end, and its entities in Telegram's order. */
  finish(): FormattedText {
    const text = this.#text.trimEnd()
    const entities = this.#entities
      .map((entity) => ({ ...entity, length: Math.min(entity.length, text.length - entity.offset) }))
      .filter(({ length }) => length > 0)
      .toSorted((a, b) => a.offset - b.offset || b.length - a.length)
    return { text, entities }
  }

  #flushSeparator(): void {
    if (this.#separator === '') return
    this.#text += this.indent === '' ? this.#separator : this.#separator + this.indent
    this.#separator = ''
  }
}
