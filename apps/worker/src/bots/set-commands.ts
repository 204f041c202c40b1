import type { WorkerContext } from '../context.js'
import { speak, languages } from '@tellwire/texts'
import { listedCommands } from '../updates/commands.js'

/** Grows whenever the commands or their descriptions change: every bot is told anew. */
export const commandsVersion = 1

/**
 * Tells Telegram which commands the menu of a bot shows, in every language. A bot whose owner has given it commands of its
 * own keeps them.
 * @returns whether that is done.
 */
export async function setCommands(
  { pollingApi }: WorkerContext,
  token: string,
  { wereOurs }: { wereOurs: boolean },
): Promise<boolean> {
  if (!wereOurs) {
    const present = await pollingApi.call(token, 'getMyCommands', {})
    if (present.kind !== 'ok') return false
    if (present.result.length > 0) return true
  }
  for (const language of languages) {
    const { say } = speak(language)
    const commands = listedCommands.map((command) => ({ command, description: say(`command_${command}`) }))
    // English is for whoever speaks none of the others.
    const params = language === 'en' ? { commands } : { commands, language_code: language }
    const outcome = await pollingApi.call(token, 'setMyCommands', params)
    if (outcome.kind !== 'ok') return false
  }
  return true
}
