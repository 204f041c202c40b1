import type { Tellwire } from '@tellwire/sdk'
import type { Command } from 'commander'
import { renderUnicodeCompact } from 'uqr'
import { openCli, readDuration, type Surroundings } from '../cli.js'

type NewLink = Parameters<Tellwire['connectLinks']['issue']>[0]

interface LinkOptions {
  bot?: string
  chat: NonNullable<NewLink['chat']>
  label?: string
  replace?: boolean
  expires: string
  wait: boolean
}

export function addLink(program: Command, around: Surroundings): void {
  program
    .command('link')
    .description('Make a link by which a user connects a chat, and wait until that is done')
    .argument('<user>', 'your own id of the user')
    .option('--bot <id>', 'the bot, where there are several')
    .option('--chat <chat>', 'private, group or channel', 'private')
    .option('--label <name>', 'what the account is called, for the person who is to recognise it')
    .option('--replace', 'end the user’s other connections')
    .option('--expires <duration>', 'how long it is good', '15m')
    .option('--no-wait', 'do not wait')
    .addHelpText('after', '\nExample:\n  $ tellwire link u_42 --label ada@example.com')
    .action(async (user: string, options: LinkOptions, command: Command) => {
      const { out, signal, ...cli } = openCli(around, command)
      const tellwire = await cli.tellwire()
      const expiresIn = readDuration(options.expires)
      const link = await tellwire.connectLinks.issue(
        {
          user_id: user,
          chat: options.chat,
          expires_in: expiresIn,
          ...(options.bot === undefined ? {} : { bot_id: options.bot }),
          ...(options.label === undefined ? {} : { account_label: options.label }),
          ...(options.replace ? { replace: true } : {}),
        },
        { signal },
      )
      out.result(link, () => [
        renderUnicodeCompact(link.url, { border: 1 }),
        out.colors.bold(link.url),
        `Or send the code ${out.colors.bold(link.code)} to the bot.`,
        ...(link.number === null ? [] : [`Then tap the number ${out.colors.bold(String(link.number))}.`]),
      ])
      if (!options.wait) return
      out.note('Waiting for Start … (Ctrl-C to stop)')
      const used = await tellwire.connectLinks.waitUntilConnected(link.id, { timeoutMs: expiresIn * 1_000, signal })
      out.result(used, () => `${out.colors.green('✓')} ${used.display_name ?? 'Somebody'} is connected to ${user}.`)
    })
}
