import type { Command } from 'commander'
import { openCli, type Surroundings } from '../cli.js'
import { CommandError } from '../exit-codes.js'

interface ReplayOptions {
  notification?: string
  delivery?: string
  user?: string
  reason?: string
  after?: string
  before?: string
  dryRun?: boolean
}

export function addReplay(program: Command, around: Surroundings): void {
  program
    .command('replay')
    .description('Send again what failed')
    .option('--notification <id>', 'of this notification')
    .option('--delivery <id>', 'this delivery alone')
    .option('--user <user>', 'to this user')
    .option('--reason <code>', 'only what failed with this code, such as recipient_blocked')
    .option('--after <time>', 'only what was accepted at this time or later')
    .option('--before <time>', 'only what was accepted before this time')
    .option('--dry-run', 'only count')
    .addHelpText(
      'after',
      '\nExample:\n  $ tellwire replay --reason telegram_unavailable --after 2026-12-01T08:00:00Z --dry-run',
    )
    .action(async ({ dryRun = false, ...given }: ReplayOptions, command: Command) => {
      const cli = openCli(around, command)
      const names = { notification: 'notification_id', delivery: 'delivery_id', user: 'user_id' } as const
      const filter = Object.fromEntries(
        Object.entries(given).map(([name, value]) => [names[name as keyof typeof names] ?? name, value]),
      )
      if (Object.keys(filter).length === 0) throw new CommandError('Replay what? Say at least one of the options.')
      const tellwire = await cli.tellwire()
      const all = { matched: 0, replayable: 0, replayed: 0 }
      for (let hasMore = true; hasMore;) {
        const done = await tellwire.notifications.replay({ filter, dry_run: dryRun }, { signal: cli.signal })
        // Each round finds what is left; the first one finds all.
        all.matched ||= done.matched
        all.replayable ||= done.replayable
        all.replayed += done.replayed
        hasMore = done.has_more && !dryRun
      }
      cli.out.result(all, () =>
        dryRun
          ? `${all.replayable} of ${all.matched} failed deliveries can be sent again.`
          : `${cli.out.colors.green('✓')} ${all.replayed} deliveries are sent again; ${all.matched - all.replayable} have no chat any more.`,
      )
    })
}
