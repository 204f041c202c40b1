import type { Tellwire } from '@tellwire/sdk'
import { type Command, Option } from 'commander'
import { type Cli, openCli, type Surroundings } from '../cli.js'
import { CommandError, exitCodes } from '../exit-codes.js'

interface Target {
  chatId: string
  username: string
}

/** Things that happen at Telegram, as the sandbox plays them. */
const happenings = {
  blocked: {
    what: 'the person blocks the bot',
    path: ({ chatId }: Target) => `/people/${chatId}/block`,
    body: ({ username }: Target) => ({ bot: username }),
  },
  unblocked: {
    what: 'the person unblocks the bot',
    path: ({ chatId }: Target) => `/people/${chatId}/unblock`,
    body: ({ username }: Target) => ({ bot: username }),
  },
  flood: {
    what: 'Telegram asks the bot to wait for 5 seconds, once',
    path: () => '/faults',
    body: ({ chatId }: Target) => ({ chat_id: chatId, kind: 'status', status: 429, retry_after: 5 }),
  },
  unavailable: {
    what: 'Telegram answers 502, three times',
    path: () => '/faults',
    body: ({ chatId }: Target) => ({ chat_id: chatId, kind: 'status', status: 502, times: 3 }),
  },
  timeout: {
    what: 'Telegram takes a message and does not answer, once',
    path: () => '/faults',
    body: ({ chatId }: Target) => ({ chat_id: chatId, kind: 'timeout_after' }),
  },
  refused: {
    what: 'Telegram refuses a message, once',
    path: () => '/faults',
    body: ({ chatId }: Target) => ({
      chat_id: chatId,
      kind: 'status',
      status: 400,
      description: 'Bad Request: message text is empty',
    }),
  },
  gone: {
    what: 'Telegram knows the chat no longer',
    path: () => '/faults',
    body: ({ chatId }: Target) => ({
      chat_id: chatId,
      kind: 'status',
      status: 400,
      description: 'Bad Request: chat not found',
    }),
  },
  migrated: {
    what: 'the group becomes a supergroup',
    path: ({ chatId }: Target) => `/groups/${chatId}/upgrade`,
    body: () => undefined,
  },
  message: {
    what: 'the person writes something',
    path: ({ chatId }: Target) => `/people/${chatId}/say`,
    body: ({ username }: Target) => ({ bot: username, text: 'Hello from the sandbox' }),
  },
} as const
type Happening = keyof typeof happenings

export function addTrigger(program: Command, around: Surroundings): void {
  const list = Object.entries(happenings).map(([name, { what }]) => `  ${name.padEnd(12)} ${what}`)
  program
    .command('trigger')
    .description('Let something happen in the sandbox')
    .argument('<happening>', Object.keys(happenings).join(', '))
    .requiredOption('--user <user>', 'the user in whose chat it happens')
    .addOption(
      new Option('--sandbox <url>', 'where the sandbox is')
        .env('TELLWIRE_SANDBOX_URL')
        .default('http://127.0.0.1:8081'),
    )
    .addHelpText(
      'after',
      `\nWhat can happen:\n${list.join('\n')}\n\nExample:\n  $ tellwire trigger blocked --user u_42`,
    )
    .action(async (name: string, { user, sandbox }: { user: string; sandbox: string }, command: Command) => {
      if (!Object.hasOwn(happenings, name)) {
        throw new CommandError(`"${name}" cannot be triggered. There are ${Object.keys(happenings).join(', ')}.`)
      }
      const happening = happenings[name as Happening]
      const cli = openCli(around, command)
      const target = await findTarget(await cli.tellwire(), user)
      await control(cli, sandbox, happening.path(target), happening.body(target))
      cli.out.result(
        { happened: name, user_id: user },
        () => `${cli.out.colors.green('✓')} ${happening.what} (${user}).`,
      )
    })
}

async function findTarget(tellwire: Tellwire, user: string): Promise<Target> {
  const { data } = await tellwire.connections.list({ user_id: user, limit: 1 })
  const [connection] = data
  if (!connection) throw new CommandError(`${user} has no chat.`, exitCodes.notFound)
  const { username } = await tellwire.bots.get(connection.bot_id)
  return { chatId: String(connection.chat.id), username }
}

async function control({ signal }: Cli, sandbox: string, path: string, body: object | undefined): Promise<void> {
  const response = await fetch(`${sandbox}/sandbox/v1${path}`, {
    method: 'POST',
    ...(body ? { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) } : {}),
    signal,
  }).catch((error: unknown) => {
    throw new CommandError(`No sandbox answers at ${sandbox} (${String(error)}).`, exitCodes.unavailable)
  })
  if (!response.ok) throw new CommandError(`The sandbox says: ${await response.text()}`, exitCodes.refused)
}
