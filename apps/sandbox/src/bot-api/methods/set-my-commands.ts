import type { Parameters } from '../parameters.js'
import { badRequest } from '../telegram-error.js'
import type { Method } from './method.js'

const commandsMax = 100

export const setMyCommands: Method = ({ world, bot, parameters }) => {
  const value = parameters.json('commands', () => badRequest("can't parse commands JSON object"))
  if (!Array.isArray(value)) throw badRequest('expected an Array of BotCommand')
  if (value.length > commandsMax) throw badRequest('BOT_COMMANDS_TOO_MUCH')
  const language = readLanguage(parameters)
  const commands = value.map(readCommand)
  if (language === '') bot.commands = commands
  else bot.commandsOf = { ...bot.commandsOf, [language]: commands }
  world.onChange()
  return { result: true }
}

/** Those of a language, and of no other: an app that finds none falls back by itself. */
export const getMyCommands: Method = ({ bot, parameters }) => {
  const language = readLanguage(parameters)
  return { result: language === '' ? bot.commands : (bot.commandsOf?.[language] ?? []) }
}

function readLanguage(parameters: Parameters): string {
  const language = parameters.text('language_code')
  if (!/^([a-z]{2})?$/.test(language)) throw badRequest('invalid language code specified')
  return language
}

function readCommand(item: unknown): { command: string; description: string } {
  const { command: rawCommand, description: rawDescription } = (item ?? {}) as Record<string, unknown>
  const command = textOf(rawCommand).trim().replace(/^\//, '')
  const description = textOf(rawDescription).trim()
  if (command === '') throw badRequest('command must be non-empty')
  if (command.length > 32) throw badRequest('command length must not exceed 32')
  if (description === '') throw badRequest('command description must be non-empty')
  if (description.length > 256) throw badRequest('command description length must not exceed 256')
  if (!/^[a-z0-9_]+$/.test(command)) throw badRequest('BOT_COMMAND_INVALID')
  return { command, description }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
