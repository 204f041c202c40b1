/** Whether a string has the form of a bot token: the bot's id, a colon and a secret of at least 30 characters. */
export function isWellFormedToken(token: string): boolean {
  return /^\d{3,15}:[A-Za-z0-9_-]{30,64}$/.test(token)
}

/** The bot's Telegram id, which every token begins with. */
export function telegramIdOf(token: string): bigint {
  return BigInt(token.slice(0, token.indexOf(':')))
}
