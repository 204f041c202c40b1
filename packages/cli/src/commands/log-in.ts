import { isCancel, password, text } from '@clack/prompts'
import { Tellwire } from '@tellwire/sdk'
import { TellwireAdmin } from '@tellwire/sdk/admin'
import type { Command } from 'commander'
import { type Cli, type GlobalOptions, openCli, readText, type Surroundings } from '../cli.js'
import { CommandError, exitCodes } from '../exit-codes.js'
import { assertAddress, isSame, type Profile, profilesFile, readProfiles, writeProfiles } from '../profiles.js'

interface LoginOptions extends GlobalOptions {
  admin?: boolean
  keyStdin?: boolean
}

export function addLogIn(program: Command, around: Surroundings): void {
  program
    .command('login')
    .description('Keep the address of a service and a key, under a name')
    .option('--admin', 'the key is an admin’s')
    .option('--key-stdin', 'read the key from standard input')
    .addHelpText('after', '\nExample:\n  $ tellwire login --profile staging --url https://push.example.com')
    .action(async (_: unknown, command: Command) => {
      const cli = openCli(around, command)
      const { profile = 'default', url, admin = false, keyStdin = false } = command.optsWithGlobals<LoginOptions>()
      const stored = await readProfiles(around.env)
      const known = stored.profiles[profile]
      const baseUrl = url ?? around.env['TELLWIRE_API_URL'] ?? (await askForUrl(cli, known))
      assertAddress(baseUrl)
      const key = keyStdin ? await readText(cli, '-') : await askForKey(cli, admin)
      const name = await whoseKey({ baseUrl, key, admin })
      const { key: knownKey, adminKey: knownAdminKey } = known && isSame(known.url, baseUrl) ? known : {}
      const next: Profile = {
        url: baseUrl,
        ...(knownKey === undefined ? {} : { key: knownKey }),
        ...(knownAdminKey === undefined ? {} : { adminKey: knownAdminKey }),
        ...(admin ? { adminKey: key } : { key }),
      }
      await writeProfiles(around.env, { current: profile, profiles: { ...stored.profiles, [profile]: next } })
      cli.out.result({ profile, url: baseUrl, name }, () => [
        `${cli.out.colors.green('✓')} Logged in to ${baseUrl} as ${name}.`,
        cli.out.colors.dim(`The key is in ${profilesFile(around.env)}, which only you can read.`),
      ])
    })

  program
    .command('logout')
    .description('Forget a profile and its keys')
    .action(async (_: unknown, command: Command) => {
      const { out } = openCli(around, command)
      const stored = await readProfiles(around.env)
      const name = command.optsWithGlobals<GlobalOptions>().profile ?? stored.current ?? 'default'
      const { [name]: gone, ...profiles } = stored.profiles
      if (!gone) throw new CommandError(`There is no profile "${name}".`, exitCodes.notFound)
      const [next] = Object.keys(profiles)
      const current = stored.current === name ? next : stored.current
      await writeProfiles(around.env, { ...(current === undefined ? {} : { current }), profiles })
      out.result({ profile: name }, () => `The profile "${name}" is forgotten. Its keys go on being good: revoke them.`)
    })

  program
    .command('profiles')
    .description('List the services that are known here')
    .action(async (_: unknown, command: Command) => {
      const { out } = openCli(around, command)
      const { current, profiles } = await readProfiles(around.env)
      const rows = Object.entries(profiles).map(([name, { url, key, adminKey }]) => ({
        name,
        url,
        is_current: name === current,
        has_key: key !== undefined,
        has_admin_key: adminKey !== undefined,
      }))
      type Row = (typeof rows)[number]
      out.table(rows, {
        '': (row: Row) => (row.is_current ? '*' : ''),
        profile: (row: Row) => row.name,
        service: (row: Row) => row.url,
        keys: (row: Row) => [row.has_key ? 'tenant' : [], row.has_admin_key ? 'admin' : []].flat().join(', '),
      })
    })
}

async function whoseKey({ baseUrl, key, admin }: { baseUrl: string; key: string; admin: boolean }): Promise<string> {
  if (!admin) return (await new Tellwire({ baseUrl, apiKey: key }).account.getMe()).tenant.name
  await new TellwireAdmin({ baseUrl, apiKey: key }).tenants.list({ limit: 1 })
  return 'an admin'
}

async function askForUrl(cli: Cli, known: Profile | undefined): Promise<string> {
  assertSomebody(cli, '--url')
  return answered(
    await text({
      message: 'Where is the service?',
      initialValue: known?.url ?? 'http://127.0.0.1:3000',
      validate: check,
    }),
  )
}

function check(given: string | undefined): string | undefined {
  return URL.canParse(given ?? '') ? undefined : 'An address, such as https://push.example.com'
}

async function askForKey(cli: Cli, isAdmin: boolean): Promise<string> {
  assertSomebody(cli, '--key-stdin')
  return answered(await password({ message: isAdmin ? 'The admin’s key, tw_admin_…' : 'The key, tw_live_…' }))
}

function assertSomebody({ isInteractive }: Cli, option: string): void {
  if (!isInteractive) throw new CommandError(`Nobody is here to be asked: use ${option}.`)
}

function answered(answer: string | symbol): string {
  if (isCancel(answer) || typeof answer !== 'string')
    throw new CommandError('Nothing was changed.', exitCodes.interrupted)
  return answer.trim()
}
