import { Tellwire } from '@tellwire/sdk'
import { TellwireAdmin } from '@tellwire/sdk/admin'
import type { Command } from 'commander'
import { CommandError } from './exit-codes.js'
import { createOutput, type Output } from './output.js'
import { findProfile } from './profiles.js'

/** The process around a command. */
export interface Surroundings {
  env: Record<string, string | undefined>
  stdin: AsyncIterable<Uint8Array> & { isTTY?: boolean }
  stdout: { write(text: string): unknown; isTTY?: boolean }
  stderr: { write(text: string): unknown; isTTY?: boolean }
  /** Aborts when somebody presses Ctrl-C. */
  signal: AbortSignal
}

/** The parts of the process, and the service, as commands have them. */
export interface Cli extends Surroundings {
  out: Output
  /** Whether somebody is there to be asked. */
  isInteractive: boolean
  tellwire(): Promise<Tellwire>
  admin(): Promise<TellwireAdmin>
}

export interface GlobalOptions {
  profile?: string
  url?: string
  json?: boolean
}

/** Opens what a command works with, from the options that stand before or behind it. */
export function openCli(around: Surroundings, command: Command): Cli {
  const { profile, url, json } = command.optsWithGlobals<GlobalOptions>()
  const named = { ...(profile === undefined ? {} : { profile }), ...(url === undefined ? {} : { url }) }
  const isColoured = around.stdout.isTTY === true && (around.env['NO_COLOR'] ?? '') === ''
  return {
    ...around,
    out: createOutput({ ...around, isColoured, isJson: json === true }),
    isInteractive: around.stdin.isTTY === true && around.stdout.isTTY === true && json !== true,
    async tellwire() {
      const { url: baseUrl, key: apiKey } = await findProfile(around.env, named)
      if (apiKey === undefined) {
        throw new CommandError(
          `There is no key of a tenant for ${baseUrl}. Run: tellwire login, or set TELLWIRE_API_KEY.`,
        )
      }
      return new Tellwire({ baseUrl, apiKey })
    },
    async admin() {
      const { url: baseUrl, adminKey: apiKey } = await findProfile(around.env, named)
      if (apiKey === undefined) {
        throw new CommandError(
          `There is no key of an admin for ${baseUrl}. Run: tellwire login --admin, or set TELLWIRE_ADMIN_KEY.`,
        )
      }
      return new TellwireAdmin({ baseUrl, apiKey })
    },
  }
}

/** Reads a text that is given, or with `-` what comes in. */
export async function readText(cli: Pick<Cli, 'stdin'>, given: string): Promise<string> {
  if (given !== '-') return given
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of cli.stdin) text += decoder.decode(chunk, { stream: true })
  return (text + decoder.decode()).replace(/\n$/, '')
}

/** Reads a number of seconds, or such as `30s`, `5m`, `2h`, `1d`. @returns seconds */
export function readDuration(given: string): number {
  const [, count, unit = 's'] = /^(\d+)(s|m|h|d)?$/.exec(given) ?? []
  const seconds = { s: 1, m: 60, h: 3_600, d: 86_400 }[unit]
  if (count === undefined || seconds === undefined) {
    throw new CommandError(`"${given}" is no duration. Write 90, 30s, 5m, 2h or 1d.`)
  }
  return Number(count) * seconds
}

export function readCount(given: string): number {
  if (!/^\d+$/.test(given)) throw new CommandError(`"${given}" is no number.`)
  return Number(given)
}

/** Takes so many of a list, whatever its pages are. */
export async function take<Item>(items: AsyncIterable<Item>, count: number): Promise<Item[]> {
  const taken: Item[] = []
  if (count === 0) return taken
  for await (const item of items) if (taken.push(item) >= count) break
  return taken
}
