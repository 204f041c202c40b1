import type { Tellwire } from '@tellwire/sdk'
import type { Command } from 'commander'
import { openCli, readCount, type Surroundings, take } from '../cli.js'

type User = Awaited<ReturnType<Tellwire['users']['get']>>
type Topic = Awaited<ReturnType<Tellwire['topics']['list']>>['data'][number]

export function addPeople(program: Command, around: Surroundings): void {
  const users = program.command('users').description('See and change users')
  users
    .command('list', { isDefault: true })
    .description('List users')
    .option('--connected', 'only those who are connected')
    .option('--limit <count>', 'how many', readCount, 50)
    .action(async ({ connected, limit }: { connected?: boolean; limit: number }, command: Command) => {
      const cli = openCli(around, command)
      const tellwire = await cli.tellwire()
      const found = await take(tellwire.users.list(connected ? { connected } : {}), limit)
      cli.out.table(found, {
        user: (user: User) => user.user_id,
        chats: (user: User) => user.connections.filter(({ status }) => status === 'active').length,
        locale: (user: User) => user.locale,
        since: (user: User) => user.created_at,
      })
    })
  for (const [name, description] of [
    ['get', 'Look at a user'],
    ['export', 'Get everything that is held about a user, as JSON'],
  ] as const) {
    users
      .command(name)
      .description(description)
      .argument('<user>')
      .action(async (user: string, _: unknown, command: Command) => {
        const cli = openCli(around, command)
        const found = await (await cli.tellwire()).users[name](user)
        cli.out.result(found, () => JSON.stringify(found, undefined, 2))
      })
  }
  users
    .command('erase')
    .description('Remove everything that is held about a user')
    .argument('<user>')
    .action(async (user: string, _: unknown, command: Command) => {
      const cli = openCli(around, command)
      const erasure = await (await cli.tellwire()).users.erase(user)
      cli.out.result(erasure, () => `${user} is ${erasure?.status === 'erased' ? 'erased' : 'being erased'}.`)
    })

  const topics = program.command('topics').description('See and change topics')
  topics
    .command('list', { isDefault: true })
    .description('List topics')
    .option('--limit <count>', 'how many', readCount, 50)
    .action(async ({ limit }: { limit: number }, command: Command) => {
      const cli = openCli(around, command)
      cli.out.table(await take((await cli.tellwire()).topics.list(), limit), {
        topic: ({ topic }: Topic) => topic,
        subscribers: ({ subscribers }: Topic) => subscribers,
        since: (topic: Topic) => topic.created_at,
      })
    })
  for (const [name, description] of [
    ['subscribe', 'Subscribe a user to a topic'],
    ['unsubscribe', 'End a user’s subscription to a topic'],
  ] as const) {
    topics
      .command(name)
      .description(description)
      .argument('<topic>')
      .argument('<user>')
      .action(async (topic: string, user: string, _: unknown, command: Command) => {
        const cli = openCli(around, command)
        await (await cli.tellwire()).topics[name](topic, user)
        cli.out.result({ topic, user_id: user }, () => `${user} is ${name}d.`)
      })
  }
}
