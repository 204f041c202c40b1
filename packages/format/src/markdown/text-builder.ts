import type { Entity, EntityType, FormattedText } from '../formatted-text.js'

type Properties = Omit<Entity, 'type' | 'offset' | 'length'>
type OpenEntity = Pick<Entity, 'type' | 'offset'> & { properties: Properties }

/** Collects text and entities; knows which blank lines have to stand between two blocks. */
export class TextBuilder {
  #text = ''
  readonly #entities: Entity[] = []
  readonly #open: OpenEntity[] = []
  #separator = ''
  #isBlockStart = false
  #isItemStart = false
  /** The beginning of every line of the current block, beyond its first. */
  indent = ''

  /** Where the next character will stand, in UTF-16 code units; a pending separator is not counted. */
  get length(): number {
    return this.#text.length
  }

  textFrom(offset: number): string {
    return this.#text.slice(offset)
  }

  /** Whether nothing stands beside the marker of a list item yet. */
  get isItemStart(): boolean {
    return this.#isItemStart
  }

  /** Text that is written after a pending separator. */
  write(text: string): void {
    if (text === '') return
    this.#flushSeparator()
    this.#isBlockStart = false
    this.#isItemStart = false
    this.#text += this.indent === '' ? text : text.replaceAll('\n', `\n${this.indent}`)
  }

  /** Text of one line with entities of its own. */
  append({ text, entities }: FormattedText): void {
    if (text === '') return
    this.#flushSeparator()
    const start = this.#text.length
    this.write(text)
    for (const entity of entities) this.#entities.push({ ...entity, offset: entity.offset + start })
  }

  /** Asks for at least these line breaks before whatever is written next. */
  separate(lineBreaks: 1 | 2): void {
    if (this.#text === '' || this.#isBlockStart) return
    if (lineBreaks > this.#separator.length) this.#separator = '\n'.repeat(lineBreaks)
  }

  /** Lets the next text begin on the next line, whatever was asked for. */
  continueOnNextLine(): void {
    if (this.#text !== '') this.#separator = '\n'
  }

  /** Writes a list item's marker; what follows stands beside it, further lines below its text. */
  startItem(marker: string, outerIndent: string): void {
    this.write(marker)
    this.indent = outerIndent + ' '.repeat(marker.length)
    this.#isBlockStart = true
    this.#isItemStart = true
  }

  /** Goes on with the next line, also where nothing was written beside the marker. */
  endItem(outerIndent: string): void {
    this.indent = outerIndent
    this.#isBlockStart = false
    this.separate(1)
  }

  /** Begins an entity that holds blocks: the first of them stands at its very start. */
  openBlock(type: EntityType): void {
    this.open(type)
    this.#isBlockStart = true
  }

  open(type: EntityType, properties: Properties = {}): void {
    this.#flushSeparator()
    this.#open.push({ type, offset: this.#text.length, properties })
  }

  isOpen(type: EntityType): boolean {
    return this.#open.some((entity) => entity.type === type)
  }

  /** Ends the entity of this type that was opened last; one that holds nothing is dropped. */
  close(type: EntityType): void {
    const index = this.#open.findLastIndex((entity) => entity.type === type)
    const entity = this.#open[index]
    if (!entity) return
    this.#open.splice(index, 1)
    const { offset, properties } = entity
    const length = this.#text.length - offset
    if (length > 0) this.#entities.push({ type, offset, length, ...properties })
  }

  /** Ends a block; says what it became once it is known how long it is. */
  closeBlock(type: EntityType, finalTypeOf: (text: string) => EntityType): void {
    this.close(type)
    const entity = this.#entities.at(-1)
    if (entity?.type === type && entity.offset + entity.length === this.#text.length) {
      entity.type = finalTypeOf(this.#text.slice(entity.offset))
    }
  }

  finish(): FormattedText {
    return { text: this.#text, entities: this.#entities }
  }

  #flushSeparator(): void {
    if (this.#separator === '') return
    this.#text += this.indent === '' ? this.#separator : this.#separator + this.indent
    this.#separator = ''
  }
}
