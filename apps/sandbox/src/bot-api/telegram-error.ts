/** A refusal in Telegram's words. */
export class TelegramError extends Error {
  override name = 'TelegramError'
  readonly code: number
  readonly parameters: { retry_after?: number; migrate_to_chat_id?: number } | undefined

  constructor(code: number, description: string, parameters?: { retry_after?: number; migrate_to_chat_id?: number }) {
    super(description)
    this.code = code
    this.parameters = parameters
  }
}

/** A `Bad Request`: the first letter is lowered unless the second character shows that it is a raw code. */
export function badRequest(text: string, parameters?: TelegramError['parameters']): TelegramError {
  const second = text[1] ?? ''
  const isRawCode = second === '_' || (second >= 'A' && second <= 'Z')
  return new TelegramError(
    400,
    `Bad Request: ${isRawCode ? text : text.charAt(0).toLowerCase() + text.slice(1)}`,
    parameters,
  )
}

export function forbidden(text: string): TelegramError {
  return new TelegramError(403, `Forbidden: ${text}`)
}

export function tooManyRequests(retryAfterSeconds: number): TelegramError {
  return new TelegramError(429, `Too Many Requests: retry after ${retryAfterSeconds}`, {
    retry_after: retryAfterSeconds,
  })
}
