import { createRequire } from 'node:module'
import { ApiError } from '@tellwire/sdk'
import { Command, CommanderError } from 'commander'
import type { Surroundings } from './cli.js'
import { addAsk } from './commands/ask.js'
import { addBroadcast } from './commands/broadcast.js'
import { addCompletion } from './commands/completion.js'
import { addLink } from './commands/link.js'
import { addListen } from './commands/listen.js'
import { addLogIn } from './commands/log-in.js'
import { addOperate } from './commands/operate.js'
import { addPeople } from './commands/people.js'
import { addReplay } from './commands/replay.js'
import { addSend } from './commands/send.js'
import { addService } from './commands/service.js'
import { addTrigger } from './commands/trigger.js'
import { exitCodeOf, exitCodes, exitCodesHelp } from './exit-codes.js'

const { version } = createRequire(import.meta.url)('../package.json') as { version: string }

/** Runs a command. @param args what stands behind its name. @returns with what it ends. */
export async function run(args: readonly string[], around: Surroundings): Promise<number> {
  const program = makeProgram(around)
  try {
    await program.parseAsync(args, { from: 'user' })
    return around.signal.aborted ? exitCodes.interrupted : exitCodes.ok
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage
    if (around.signal.aborted) return exitCodes.interrupted
    reportError(error, around, program.opts()['json'] === true || args.includes('--json'))
    return exitCodeOf(error)
  }
}

function makeProgram(around: Surroundings): Command {
  const program = new Command('tellwire')
    .description('Notifications over Telegram: send, link, listen, ask, and run the service.')
    .version(version, '-V, --version', 'say which version this is')
    .option('--profile <name>', 'the service to speak to, of those that are known here')
    .option('--url <url>', 'where the service is')
    .option('--json', 'write JSON, a line for each thing, and nothing else')
    .addHelpText(
      'after',
      `${exitCodesHelp}
Keys are those of the profile, or TELLWIRE_API_URL, TELLWIRE_API_KEY and TELLWIRE_ADMIN_KEY. NO_COLOR takes the colours away.

Begin with:
  $ tellwire login
  $ tellwire link u_42
  $ tellwire send "**Hello**" --to u_42 --wait`,
    )
  program.helpCommand(false)
  for (const add of [addLogIn, addSend, addLink, addAsk, addBroadcast, addListen, addPeople, addReplay])
    add(program, around)
  for (const add of [addTrigger, addOperate, addService, addCompletion]) add(program, around)
  setUpAll(program, around)
  return program
}

/** Commands of commands write where the program writes, and end it no sooner. */
function setUpAll(command: Command, around: Surroundings): void {
  command
    .exitOverride()
    .showHelpAfterError('(--help tells more)')
    .configureOutput({
      writeOut: (text) => around.stdout.write(text),
      writeErr: (text) => around.stderr.write(text),
    })
  for (const each of command.commands) setUpAll(each, around)
}

function reportError(error: unknown, { stderr }: Surroundings, isJson: boolean): void {
  const message = error instanceof Error ? error.message : String(error)
  if (message === '') return
  const isOfApi = error instanceof ApiError
  if (isJson) {
    const problem = isOfApi ? { ...error.problem, status: error.status } : { detail: message }
    stderr.write(`${JSON.stringify(problem)}\n`)
    return
  }
  stderr.write(`${message}\n`)
  if (isOfApi && error.requestId !== undefined) stderr.write(`(request ${error.requestId})\n`)
}
