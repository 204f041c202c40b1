export class TemplateError extends Error {
  override readonly name = 'TemplateError'
  readonly missing: string[]

  constructor(message: string, missing: string[] = []) {
    super(message)
    this.missing = missing
  }
}
