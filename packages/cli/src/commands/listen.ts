import { createHmac, randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { Tellwire, TellwireEvent } from '@tellwire/sdk'
import { fileCursor } from '@tellwire/sdk/node'
import type { Command } from 'commander'
import { type Cli, openCli, type Surroundings } from '../cli.js'
import { CommandError } from '../exit-codes.js'

interface TailOptions {
  type?: string[]
  from: string
}

interface ListenOptions extends TailOptions {
  forwardTo: string
  secret?: string
  cursor?: string
}

const retryMs = 3_000

export function addListen(program: Command, around: Surroundings): void {
  program
    .command('tail')
    .description('Show what happens, as it happens')
    .option('--type <type...>', 'only these types, such as message.received')
    .option('--from <place>', 'start, now, or the cursor of an event', 'now')
    .addHelpText('after', '\nExample:\n  $ tellwire tail --type message.received button.pressed')
    .action(async (options: TailOptions, command: Command) => {
      const cli = openCli(around, command)
      cli.out.note('Listening … (Ctrl-C to stop)')
      for await (const { event } of stream(await cli.tellwire(), options, cli.signal)) {
        cli.out.result(event, () => showEvent(cli, event))
      }
    })

  program
    .command('listen')
    .description('Forward what happens to an address of yours, signed as a webhook is')
    .requiredOption('--forward-to <url>', 'where to send it, such as http://localhost:4000/webhooks')
    .option('--secret <secret>', 'to sign with, whsec_…; without it one is made')
    .option('--type <type...>', 'only these types')
    .option('--from <place>', 'start, now, or the cursor of an event', 'now')
    .option(
      '--cursor <file>',
      'keep in a file how far it is, go on from there, and repeat what the address does not take',
    )
    .addHelpText('after', '\nExample:\n  $ tellwire listen --forward-to localhost:4000/webhooks')
    .action(async (options: ListenOptions, command: Command) => {
      const cli = openCli(around, command)
      const url = readUrl(options.forwardTo)
      const secret = options.secret ?? `whsec_${randomBytes(24).toString('base64')}`
      const key = readSecret(secret)
      const store = options.cursor === undefined ? undefined : fileCursor(options.cursor)
      const tellwire = await cli.tellwire()
      cli.out.result({ forward_to: url, secret }, () => [
        `Forwarding to ${url}. The secret is ${cli.out.colors.bold(secret)}`,
        cli.out.colors.dim('(Ctrl-C to stop)'),
      ])
      const forwardOnce = async (event: TellwireEvent): Promise<boolean> => {
        const status = await forward(url, key, event, cli.signal)
        cli.signal.throwIfAborted()
        const isGood = typeof status === 'number' && status < 300
        cli.out.result({ id: event.id, type: event.type, answered: status }, () => {
          const color = isGood ? cli.out.colors.green : cli.out.colors.red
          return `${color(String(status))} ${event.type} ${cli.out.colors.dim(event.id)}`
        })
        return isGood
      }
      /** Where it is kept how far it is, nothing is passed over. */
      const forwardEvent = async (event: TellwireEvent): Promise<void> => {
        while (!(await forwardOnce(event)) && store) await delay(retryMs, undefined, { signal: cli.signal })
      }
      await tellwire.listen(
        { event: forwardEvent },
        {
          from: options.from,
          signal: cli.signal,
          ...(options.type ? { types: options.type } : {}),
          ...(store ? { store } : {}),
        },
      )
    })
}

async function* stream(tellwire: Tellwire, { type, from }: TailOptions, signal: AbortSignal) {
  try {
    // The service says which types there are.
    yield* tellwire.events.stream({ after: from, signal, ...(type ? { types: type } : {}) })
  } catch (error) {
    if (!signal.aborted) throw error
  }
}

function showEvent({ out }: Cli, event: TellwireEvent): string {
  const at = out.colors.dim(new Date(event.created_at).toLocaleTimeString())
  return `${at} ${out.colors.cyan(event.type)} ${JSON.stringify(event.data)}`
}

/** An address as people type it. */
function readUrl(given: string): string {
  const url = /^https?:\/\//.test(given) ? given : `http://${given}`
  if (!URL.canParse(url)) throw new CommandError(`"${given}" is no address.`)
  return url
}

function readSecret(secret: string): Buffer {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
  if (key.length < 16) throw new CommandError('A secret is whsec_ and at least 16 bytes in base64.')
  return key
}

/** Sends an event as the service sends webhooks (Standard Webhooks). @returns the status, or why there is none. */
async function forward(url: string, key: Buffer, event: TellwireEvent, signal: AbortSignal): Promise<number | string> {
  const { created_at: timestamp, ...rest } = event
  const body = JSON.stringify({ ...rest, timestamp })
  const seconds = String(Math.floor(Date.now() / 1_000))
  const signature = createHmac('sha256', key).update(`${event.id}.${seconds}.${body}`).digest('base64')
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'webhook-id': event.id,
        'webhook-timestamp': seconds,
        'webhook-signature': `v1,${signature}`,
      },
      body,
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(15_000)]),
    })
    await response.body?.cancel()
    return response.status
  } catch (error) {
    return error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error)
  }
}
