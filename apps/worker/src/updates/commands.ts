import { type LinkKey, readCode } from '@tellwire/domain'
import type { Speaker } from '@tellwire/texts'
import { askLanguage } from './choose-chat-language.js'
import { connectChat } from './connect-chat.js'
import { findStartToken } from './find-start-token.js'
import { findTenants } from './find-tenants.js'
import { showApps } from './manage-apps.js'
import type { Said } from './place.js'
import { reply } from './reply.js'
import type { UpdateScope } from './scope.js'
import { askToStop } from './stop-chat.js'

/** What a command does. @param argument what follows it. */
type Command = (scope: UpdateScope, said: Said, argument: string) => Promise<unknown>

/** Every command that the bot knows. */
export const commands: Readonly<Record<string, Command>> = {
  start: async (scope, said, argument) => {
    if (argument !== '') return connectChat(scope, said, readKey(argument))
    // In a group a bare /start is everyone's business but ours.
    return said.chat.type === 'private' ? greet(scope, said) : undefined
  },
  connect: async (scope, said, argument) => {
    if (argument !== '') return connectChat(scope, said, readKey(argument))
    return reply(scope, said.place, { text: said.speaker.say('ask_code') })
  },
  stop: askToStop,
  apps: showApps,
  language: askLanguage,
  help: async (scope, said) => {
    const { say } = said.speaker
    const isConnected = (await findTenants(scope, said.chat.id)).length > 0
    const text = `${say(isConnected ? 'help' : 'hello')}\n\n${describeCommands(said.speaker)}`
    return reply(scope, said.place, { text })
  },
}

/** The commands that Telegram's menu shows. */
export const listedCommands = ['connect', 'apps', 'language', 'stop', 'help'] as const

function readKey(argument: string): LinkKey {
  const code = readCode(argument)
  return code === undefined ? { token: findStartToken(argument) ?? argument } : { code }
}

/** Tells who is connected to nothing how to connect, and others what they are connected to. */
export async function greet(scope: UpdateScope, said: Said): Promise<void> {
  const { say, list } = said.speaker
  const tenants = await findTenants(scope, said.chat.id)
  const text =
    tenants.length === 0
      ? say('hello')
      : `${say('connected_to', { tenants: list(tenants.map(({ name }) => name)) })}\n\n${describeCommands(said.speaker)}`
  await reply(scope, said.place, { text })
}

function describeCommands({ say }: Speaker): string {
  return listedCommands.map((name) => `/${name} – ${say(`command_${name}`)}`).join('\n')
}
