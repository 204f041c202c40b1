export interface UploadedFile {
  name: string
  mimeType: string
  bytes: Buffer
}

/** A method's parameters. However they are sent, Telegram reads all of them as text; the first of a name wins. */
export class Parameters {
  readonly #values = new Map<string, string>()
  /** Parameters that came as files, by the name of their part. */
  readonly files = new Map<string, UploadedFile>()

  add(name: string, value: string): void {
    if (!this.#values.has(name)) this.#values.set(name, value)
  }

  /** In JSON a string stands for itself; anything else is kept as its JSON text, `null` included. */
  addJson(body: Record<string, unknown>): void {
    for (const [name, value] of Object.entries(body))
      this.add(name, typeof value === 'string' ? value : JSON.stringify(value))
  }

  get size(): number {
    let bytes = 0
    for (const [name, value] of this.#values) bytes += Buffer.byteLength(name) + Buffer.byteLength(value)
    return bytes
  }

  has(name: string): boolean {
    return this.#values.has(name)
  }

  text(name: string): string {
    return this.#values.get(name) ?? ''
  }

  /** A leading number; anything else is 0. */
  integer(name: string, fallback = 0): number {
    if (!this.has(name)) return fallback
    const value = Number.parseInt(this.text(name).trim(), 10)
    return Number.isSafeInteger(value) ? value : 0
  }

  isTrue(name: string): boolean {
    return ['true', 'yes', '1'].includes(this.text(name).trim().toLowerCase())
  }

  /** @throws what `refuse` makes when the text is not JSON; undefined when the parameter is absent or empty. */
  json(name: string, refuse: () => Error): unknown {
    const text = this.text(name)
    if (text === '') return undefined
    try {
      return JSON.parse(text)
    } catch {
      throw refuse()
    }
  }
}
