export interface Command {
  name: string
  /** The bot it names, as in `/start@some_bot`; in a group that tells which bot is meant. */
  bot: string | undefined
  argument: string
}

/** A message that begins with a command, such as `/start TOKEN` or `/stop@some_bot`. */
export function parseCommand(text: string): Command | undefined {
  const match = /^\/([A-Za-z0-9_]{1,32})(?:@([A-Za-z0-9_]{3,64}))?(?:\s+([^]*))?$/.exec(text.trim())
  if (!match) return undefined
  const [, name = '', bot, argument = ''] = match
  return { name: name.toLowerCase(), bot, argument: argument.trim() }
}
