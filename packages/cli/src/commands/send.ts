import type { Tellwire } from '@tellwire/sdk'
import type { Command } from 'commander'
import { type Cli, openCli, readDuration, readText, type Surroundings } from '../cli.js'
import { CommandError, exitCodes } from '../exit-codes.js'
import type { Output } from '../output.js'

type NewNotification = Parameters<Tellwire['notifications']['send']>[0]
export type Shown = Awaited<ReturnType<Tellwire['notifications']['get']>>

interface SendOptions {
  to?: string[]
  connection?: string
  topic?: string
  format: NonNullable<NewNotification['format']>
  silent?: boolean
  priority?: NonNullable<NewNotification['priority']>
  at?: string
  ttl?: string
  hold?: boolean
  key?: string
  wait?: boolean
  timeout: string
}

export function addSend(program: Command, around: Surroundings): void {
  program
    .command('send')
    .description('Send a notification')
    .argument('<text>', 'what to say, in Markdown; - for standard input')
    .option('--to <user...>', 'to these users')
    .option('--connection <id>', 'to this chat')
    .option('--topic <topic>', 'to everybody who is subscribed to it')
    .option('--format <format>', 'markdown, commonmark, plain, telegram_html or telegram_markdown', 'markdown')
    .option('--silent', 'without a sound')
    .option('--priority <priority>', 'high, normal or bulk')
    .option('--at <time>', 'not before this time, such as 2026-12-24T18:00:00Z')
    .option('--ttl <duration>', 'it is worth nothing any more after so long, such as 10m')
    .option('--hold', 'keep it until a user who is not connected has connected')
    .option('--key <key>', 'an idempotency key: with the same one, it is sent once')
    .option('--wait', 'wait until all of it has ended, and say how')
    .option('--timeout <duration>', 'how long to wait at most', '5m')
    .addHelpText(
      'after',
      `
Examples:
  $ tellwire send "**Deployed** v1.4" --to u_42 --wait
  $ git log -1 --format=%B | tellwire send - --topic releases --silent`,
    )
    .action(async (given: string, options: SendOptions, command: Command) => {
      const cli = openCli(around, command)
      const tellwire = await cli.tellwire()
      const timeoutMs = readDuration(options.timeout) * 1_000
      const notification = toNotification(await readText(cli, given), options)
      const accepted = await tellwire.notifications.send(notification, {
        signal: cli.signal,
        ...(options.key === undefined ? {} : { idempotencyKey: options.key }),
      })
      if (!options.wait) {
        cli.out.result(accepted, () => [
          `${cli.out.colors.green('✓')} Accepted as ${accepted.id}, for ${accepted.deliveries ?? 'a number still to be counted'} chats.`,
          ...(accepted.skipped?.length
            ? [`Not connected: ${accepted.skipped.map(({ user_id: user }) => user).join(', ')}`]
            : []),
        ])
        return
      }
      const settled = await tellwire.notifications.waitUntilSettled(accepted.id, {
        timeoutMs,
        signal: cli.signal,
      })
      reportSettled(cli, settled)
    })
}

function toNotification(text: string, options: SendOptions): NewNotification {
  const { to, connection, topic, format, silent, priority, at, ttl, hold } = options
  const named = [to, connection, topic].filter((target) => target !== undefined)
  if (named.length !== 1) throw new CommandError('To whom? Say one of --to, --connection and --topic.')
  const [only, ...more] = to ?? []
  const target = {
    ...(only !== undefined && more.length === 0 ? { user_id: only } : {}),
    ...(to && more.length > 0 ? { user_ids: to } : {}),
    ...(connection === undefined ? {} : { connection_id: connection }),
    ...(topic === undefined ? {} : { topic }),
  }
  return {
    to: target,
    text,
    format,
    ...(silent ? { silent } : {}),
    ...(priority === undefined ? {} : { priority }),
    ...(at === undefined ? {} : { send_at: at }),
    ...(ttl === undefined ? {} : { ttl: readDuration(ttl) }),
    ...(hold ? { if_not_connected: 'hold' } : {}),
  }
}

/** Tells how a notification ended. @throws {CommandError} where not all of it was sent. */
export function reportSettled({ out }: Pick<Cli, 'out'>, shown: Shown): void {
  const counts = Object.entries(shown.counts).filter(([, count]) => count > 0)
  out.result(shown, () => [
    `${markOf(out, shown)} ${shown.id}: ${counts.map(([status, count]) => `${count} ${status}`).join(', ') || shown.status}`,
    ...reasonsOf(shown).map((line) => `  ${line}`),
  ])
  if (counts.some(([status]) => badStatuses.includes(status)))
    throw new CommandError('Not all of it was sent.', exitCodes.bad)
}

/** Of deliveries that have ended, and of which nobody can say that they arrived. */
export const badStatuses = ['failed', 'expired', 'unknown', 'cancelled']

function markOf({ colors }: Output, { counts }: Shown): string {
  return badStatuses.some((status) => (counts[status] ?? 0) > 0) ? colors.red('✗') : colors.green('✓')
}

function reasonsOf({ deliveries }: Shown): string[] {
  return deliveries.flatMap(({ user_id: user, status, failure }) =>
    failure ? [`${user}: ${status}, ${failure.code} ${failure.telegram_description ?? ''}`.trimEnd()] : [],
  )
}
