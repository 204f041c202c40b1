import type { TellwireAdmin } from '@tellwire/sdk/admin'
import { type Command, InvalidArgumentError } from 'commander'
import { openCli, readCount, readDuration, type Surroundings, take } from '../cli.js'
import { CommandError, exitCodes } from '../exit-codes.js'

type ItemOf<List> = List extends (...args: never[]) => AsyncIterable<infer Item> ? Item : never
type Tenant = ItemOf<TellwireAdmin['tenants']['list']>
type Key = ItemOf<TellwireAdmin['tenants']['listKeys']>
type Bot = ItemOf<TellwireAdmin['bots']['listShared']>
type Lane = ItemOf<TellwireAdmin['service']['listLanes']>

export function addOperate(program: Command, around: Surroundings): void {
  program
    .command('doctor')
    .description('Look whether the service has all that it needs')
    .action(async (_: unknown, command: Command) => {
      const cli = openCli(around, command)
      const { colors } = cli.out
      const found = await (await cli.admin()).service.getDiagnostics()
      const marks = { ok: colors.green('✓'), warning: colors.yellow('!'), error: colors.red('✗') }
      cli.out.result(found, () =>
        found.checks.flatMap(({ name, status, detail, advice }) => [
          `${marks[status]} ${colors.bold(name)}: ${detail}`,
          ...(advice === null ? [] : [`  ${advice}`]),
        ]),
      )
      if (found.status === 'error') throw new CommandError('Something is wrong.', exitCodes.bad)
    })

  const admin = program.command('admin').description('Run the service, with an admin’s key')
  const tenants = admin.command('tenants').description('See and change tenants')
  tenants
    .command('list', { isDefault: true })
    .description('List tenants')
    .option('--search <text>', 'whose name has this in it')
    .option('--limit <count>', 'how many', readCount, 50)
    .action(async ({ search, limit }: { search?: string; limit: number }, command: Command) => {
      const cli = openCli(around, command)
      const found = (await cli.admin()).tenants.list(search === undefined ? {} : { q: search })
      cli.out.table(await take(found, limit), {
        tenant: ({ id }: Tenant) => id,
        name: ({ name }: Tenant) => name,
        status: ({ status }: Tenant) => status,
        since: (tenant: Tenant) => tenant.created_at,
      })
    })
  tenants
    .command('create')
    .description('Create a tenant')
    .argument('<name>')
    .action(async (name: string, _: unknown, command: Command) => {
      const cli = openCli(around, command)
      const tenant = await (await cli.admin()).tenants.create({ name })
      cli.out.result(tenant, () => `${cli.out.colors.green('✓')} ${tenant.name} is ${tenant.id}.`)
    })
  for (const [name, description] of [
    ['suspend', 'Let it send nothing, and drop nothing of it'],
    ['resume', 'Let it send again'],
    ['delete', 'Delete it, with seven days to bring it back'],
    ['undelete', 'Bring it back'],
  ] as const) {
    tenants
      .command(name)
      .description(description)
      .argument('<id>')
      .action(async (id: string, _: unknown, command: Command) => {
        const cli = openCli(around, command)
        const tenant = await (await cli.admin()).tenants[name](id)
        cli.out.result(tenant, () => `${cli.out.colors.green('✓')} ${tenant.name} is ${tenant.status}.`)
      })
  }

  const keys = admin.command('keys').description('See and change tenants’ keys')
  keys
    .command('list', { isDefault: true })
    .description('List a tenant’s keys')
    .argument('<tenant>')
    .action(async (tenant: string, _: unknown, command: Command) => {
      const cli = openCli(around, command)
      cli.out.table(await take((await cli.admin()).tenants.listKeys(tenant), 1_000), {
        key: ({ id }: Key) => id,
        name: ({ name }: Key) => name,
        scopes: ({ scopes }: Key) => scopes.join(' '),
        used: (key: Key) => key.last_used_at,
      })
    })
  keys
    .command('issue')
    .description('Issue a key. It is shown once')
    .argument('<tenant>')
    .requiredOption('--name <name>', 'what it is for')
    .requiredOption('--scope <scope...>', 'what it may do, such as notifications:write')
    .action(async (tenant: string, { name, scope }: { name: string; scope: string[] }, command: Command) => {
      const cli = openCli(around, command)
      // The service says which scopes there are.
      const issued = await (await cli.admin()).tenants.issueKey(tenant, { name, scopes: scope as never })
      cli.out.result(issued, () => issued.key)
    })
  keys
    .command('revoke')
    .description('Revoke a key, at once and everywhere')
    .argument('<tenant>')
    .argument('<key>')
    .action(async (tenant: string, key: string, _: unknown, command: Command) => {
      const cli = openCli(around, command)
      await (await cli.admin()).tenants.revokeKey(tenant, key)
      cli.out.result({ id: key }, () => `${cli.out.colors.green('✓')} ${key} is good for nothing any more.`)
    })

  admin
    .command('bots')
    .description('List the bots that tenants share')
    .action(async (_: unknown, command: Command) => {
      const cli = openCli(around, command)
      cli.out.table(await take((await cli.admin()).bots.listShared(), 1_000), {
        bot: ({ id }: Bot) => id,
        name: ({ username }: Bot) => `@${username}`,
        hears: ({ mode }: Bot) => mode,
        rate: ({ rate }: Bot) => rate,
        status: ({ status }: Bot) => status,
      })
    })
  admin
    .command('lanes')
    .description('See what waits, by bot')
    .option('--limit <count>', 'how many', readCount, 50)
    .action(async ({ limit }: { limit: number }, command: Command) => {
      const cli = openCli(around, command)
      cli.out.table(await take((await cli.admin()).service.listLanes(), limit), {
        bot: ({ username }: Lane) => `@${username}`,
        waiting: ({ waiting }: Lane) => waiting,
        rate: (lane: Lane) => `${Math.round(lane.present_rate)}/${lane.rate}`,
        paused: (lane: Lane) => lane.paused_until,
        parked: (lane: Lane) => lane.parked_reason,
      })
    })
  admin
    .command('usage')
    .description('See what tenants used')
    .option('--by <period>', 'day, month or total', 'month')
    .option('--from <day>', 'the first day, such as 2026-11-01')
    .option('--to <day>', 'the last day')
    .option('--csv', 'as CSV')
    .action(
      async (
        options: { by: 'day' | 'month' | 'total'; from?: string; to?: string; csv?: boolean },
        command: Command,
      ) => {
        const cli = openCli(around, command)
        const { csv, ...query } = options
        const { service } = await cli.admin()
        if (csv) {
          cli.stdout.write(await service.getUsageCsv(query))
          return
        }
        const { data } = await service.getUsage(query)
        const rows = data.flatMap(({ tenant_id: tenant, period, counts }) =>
          Object.entries(counts).map(([kind, count]) => ({ tenant_id: tenant, period, kind, count })),
        )
        type Row = (typeof rows)[number]
        cli.out.table(rows, {
          tenant: (row: Row) => row.tenant_id,
          period: ({ period }: Row) => period,
          kind: ({ kind }: Row) => kind,
          count: ({ count }: Row) => count,
        })
      },
    )

  program
    .command('keys')
    .description('Change your own keys')
    .command('rotate')
    .description('Put a new key in the place of one. It is shown once')
    .argument('<key>', 'the id of the key')
    .option('--overlap <duration>', 'for how long the old one stays good', '1h')
    .action(async (key: string, { overlap }: { overlap: string }, command: Command) => {
      const cli = openCli(around, command)
      const issued = await (await cli.tellwire()).keys.rotate(key, { overlap: readDuration(overlap) })
      cli.out.result(issued, () => issued.key)
    })

  const audit = program.command('audit').description('Look at who changed what')
  audit
    .command('verify')
    .description('See whether the audit is as it was written')
    .option('--all', 'of all tenants, with an admin’s key')
    .option('--known <head>', 'the end that was told before, and has to be there still: 12:Xy…', readHead)
    .action(async ({ all, known = {} }: { all?: boolean; known?: Head }, command: Command) => {
      const cli = openCli(around, command)
      const verdict = all
        ? await (await cli.admin()).service.verifyAudit({})
        : await (await cli.tellwire()).account.verifyAudit(known)
      const end = verdict.head ? ` The end is ${verdict.head.sequence}:${verdict.head.hash}` : ''
      cli.out.result(verdict, () =>
        verdict.fault
          ? `${cli.out.colors.red('✗')} Entry ${verdict.fault.sequence} of ${verdict.fault.tenant_id ?? 'the service'} is ${verdict.fault.kind}.`
          : `${cli.out.colors.green('✓')} ${verdict.verified} entries are as they were written.${end}`,
      )
      if (!verdict.is_intact) throw new CommandError('The audit was changed.', exitCodes.bad)
    })
  audit
    .command('export')
    .description('Write all entries, a line of JSON for each')
    .option('--all', 'of all tenants, with an admin’s key')
    .action(async ({ all }: { all?: boolean }, command: Command) => {
      const cli = openCli(around, command)
      const answer = all
        ? await (await cli.admin()).service.exportAudit({})
        : await (await cli.tellwire()).account.exportAudit({})
      const decoder = new TextDecoder()
      for await (const chunk of answer.body ?? []) cli.stdout.write(decoder.decode(chunk, { stream: true }))
    })
}

interface Head {
  sequence?: number
  hash?: string
}

function readHead(text: string): Head {
  const [, sequence, hash] = /^(\d+):([\w-]+)$/.exec(text) ?? []
  if (sequence === undefined || hash === undefined) {
    throw new InvalidArgumentError('It looks like 12:Xy…, as the command tells it.')
  }
  return { sequence: Number(sequence), hash }
}
