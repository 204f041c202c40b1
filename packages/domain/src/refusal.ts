/** Says what is wrong with one field of a request. */
export interface FieldError {
  /** A JSON pointer into the body, or `/<name>` of a query, path or header parameter. */
  pointer: string
  /** Stable, snake_case. */
  code: string
  /** A sentence without its subject, which is the field: "must be in the future". */
  detail: string
  /** Of a mistake in a text: where it is, in characters, and what stands around it. */
  offset?: number
  context?: string
}

export interface RefusalOptions {
  errors?: FieldError[]
  retryAfterSeconds?: number
  /** Further members of the problem document. */
  extensions?: Record<string, unknown>
  cause?: unknown
}

/** A request that cannot be carried out, with what its caller is told. The interface knows a status for each code. */
export class Refusal<Code extends string = string> extends Error {
  override name = 'Refusal'
  readonly code: Code
  readonly errors: FieldError[] | undefined
  readonly retryAfterSeconds: number | undefined
  readonly extensions: Record<string, unknown> | undefined

  constructor(code: Code, detail: string, options: RefusalOptions = {}) {
    super(detail, { cause: options.cause })
    this.code = code
    this.errors = options.errors
    this.retryAfterSeconds = options.retryAfterSeconds
    this.extensions = options.extensions
  }
}
