interface Page<Item> {
  data: Item[]
  next_cursor: string | null
  /** False at the present end of a list that goes on for ever, and has a place after its end too. */
  has_more?: boolean
}

/** A list: awaited, it is its first page; iterated, all that is in it, page by page as it is needed. */
export class PagePromise<Answer, Item> implements PromiseLike<Answer>, AsyncIterable<Item> {
  readonly #read: (from?: string) => Promise<Answer & Page<Item>>

  /** @param read reads the page that begins at a cursor, or the first one. */
  constructor(read: (from?: string) => Promise<Answer & Page<Item>>) {
    this.#read = read
  }

  // oxlint-disable-next-line unicorn/no-thenable -- a list is awaited as well as iterated
  then<Done = Answer, Failed = never>(
    onDone?: ((page: Answer) => Done | PromiseLike<Done>) | null,
    onFailed?: ((error: unknown) => Failed | PromiseLike<Failed>) | null,
  ): Promise<Done | Failed> {
    return this.#read().then(onDone, onFailed)
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Item, void, void> {
    let cursor: string | undefined
    do {
      const page = await this.#read(cursor)
      yield* page.data
      // A page can be empty, and not the last: a search answers what it has found after a while.
      cursor = page.has_more === false ? undefined : (page.next_cursor ?? undefined)
    } while (cursor !== undefined)
  }
}
