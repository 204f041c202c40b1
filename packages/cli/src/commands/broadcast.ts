import { confirm, isCancel } from '@clack/prompts'
import type { Tellwire } from '@tellwire/sdk'
import { Presets, SingleBar } from 'cli-progress'
import type { Command } from 'commander'
import { type Cli, openCli, readText, type Surroundings, take } from '../cli.js'
import { CommandError, exitCodes } from '../exit-codes.js'
import { badStatuses, reportSettled, type Shown } from './send.js'

interface BroadcastOptions {
  topic?: string
  everyone?: boolean
  silent?: boolean
  yes?: boolean
  dryRun?: boolean
}

const countedMax = 10_000

export function addBroadcast(program: Command, around: Surroundings): void {
  const broadcast = program.command('broadcast').description('Send to a topic or to everybody, and watch how far it is')
  broadcast
    .command('send', { isDefault: true })
    .description('Show it and its audience, ask, send, and watch')
    .argument('<text>', 'what to say, in Markdown; - for standard input')
    .option('--topic <topic>', 'to everybody who is subscribed to it')
    .option('--everyone', 'to everybody who is connected')
    .option('--silent', 'without a sound')
    .option('--dry-run', 'only show it')
    .option('--yes', 'do not ask')
    .addHelpText(
      'after',
      '\nExample:\n  $ tellwire broadcast "We are **back**." --everyone\n\nCtrl-C ends the watching, not the sending: `tellwire broadcast watch <id>` goes on.',
    )
    .action(async (given: string, options: BroadcastOptions, command: Command) => {
      const cli = openCli(around, command)
      const tellwire = await cli.tellwire()
      const { topic, everyone } = options
      if ((topic === undefined) === (everyone !== true)) throw new CommandError('Say either --topic or --everyone.')
      const to = topic === undefined ? { everyone: true as const } : { topic }
      const text = await readText(cli, given)
      const rendered = await tellwire.notifications.render({ text, format: 'markdown' })
      const audience = await countAudience(tellwire, topic)
      const summary = { to, text: rendered.text, messages: rendered.parts.length, audience }
      if (options.dryRun) {
        cli.out.result(summary, () => showSummary(cli, summary))
        return
      }
      if (!cli.out.isJson) cli.out.result(summary, () => showSummary(cli, summary))
      if (!options.yes) await assertWanted(cli, audience)
      const { id } = await tellwire.notifications.send(
        { to, text, format: 'markdown', priority: 'bulk', ...(options.silent ? { silent: true } : {}) },
        { signal: cli.signal },
      )
      cli.out.note(`Accepted as ${id}.`)
      await watch(cli, tellwire, id)
    })
  broadcast
    .command('watch')
    .description('Watch how far one is')
    .argument('<id>')
    .action(async (id: string, _: unknown, command: Command) => {
      const cli = openCli(around, command)
      await watch(cli, await cli.tellwire(), id)
    })
  for (const [name, description] of [
    ['pause', 'Stop sending it for now'],
    ['resume', 'Go on sending it'],
    ['cancel', 'Send no more of it'],
  ] as const) {
    broadcast
      .command(name)
      .description(description)
      .argument('<id>')
      .action(async (id: string, _: unknown, command: Command) => {
        const cli = openCli(around, command)
        const answer = await (await cli.tellwire()).notifications[name](id)
        cli.out.result(answer, () => `${cli.out.colors.green('✓')} ${name}: ${id}`)
      })
  }
}

/** How many chats there are at least. The service counts them exactly once it has accepted. */
async function countAudience(tellwire: Tellwire, topic: string | undefined): Promise<string> {
  if (topic === undefined) {
    const count = (await take(tellwire.users.list({ connected: true, limit: 100 }), countedMax)).length
    return count === countedMax ? `more than ${countedMax} users` : `${count} users`
  }
  for await (const each of tellwire.topics.list({ limit: 100 })) {
    if (each.topic === topic) return `${each.subscribers} subscribers`
  }
  throw new CommandError(`Nobody has ever subscribed to "${topic}".`, exitCodes.notFound)
}

function showSummary({ out }: Cli, { text, messages, audience }: { text: string; messages: number; audience: string }) {
  return [
    ...text.split('\n').map((line) => `${out.colors.cyan('│')} ${line}`),
    `To ${out.colors.bold(audience)}${messages === 1 ? '' : `, in ${messages} messages each`}.`,
  ]
}

async function assertWanted({ isInteractive }: Cli, audience: string): Promise<void> {
  if (!isInteractive) throw new CommandError('Nobody is here to be asked: say --yes, or --dry-run.')
  const answer = await confirm({ message: `Send it to ${audience}?`, initialValue: false })
  if (isCancel(answer) || !answer) throw new CommandError('Nothing was sent.', exitCodes.interrupted)
}

async function watch(cli: Cli, tellwire: Tellwire, id: string): Promise<void> {
  const bar = cli.isInteractive ? newBar() : undefined
  let shown: Shown
  try {
    for (let isFirst = true; ; isFirst = false) {
      // It answers after a second, or when all of it has ended.
      shown = await tellwire.notifications.get(id, isFirst ? {} : { wait: 1 }, { signal: cli.signal })
      const done = endedOf(shown)
      const total = shown.progress?.expected ?? done
      if (isFirst) bar?.start(total, done, { rest: '' })
      bar?.setTotal(Math.max(1, total))
      bar?.update(done, { rest: restOf(shown) })
      if (shown.status === 'settled') break
    }
  } finally {
    bar?.stop()
  }
  reportSettled(cli, shown)
}

function endedOf({ counts }: Shown): number {
  return ['sent', ...badStatuses].reduce((sum, status) => sum + (counts[status] ?? 0), 0)
}

function newBar(): SingleBar {
  return new SingleBar(
    { format: '{bar} {percentage} %  {value}/{total}  {rest}', etaBuffer: 50 },
    Presets.shades_classic,
  )
}

/** The service knows the rate of the bot, and what waits before this. */
function restOf({ progress, paused }: Shown): string {
  if (paused) return 'paused'
  const at = progress?.estimated_completion_at
  if (!at) return ''
  const seconds = Math.max(0, Math.round((Date.parse(at) - Date.now()) / 1_000))
  return seconds < 90 ? `${seconds} s left` : `${Math.round(seconds / 60)} min left`
}
