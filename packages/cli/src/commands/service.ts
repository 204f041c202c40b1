import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Command } from 'commander'
import type { Surroundings } from '../cli.js'
import { CommandError } from '../exit-codes.js'

/** Programs that come with the service and work on its database. Their variables are in `.env.example`. */
const programs = [
  ['migrate', 'migrate', 'Bring the database to this version, and give its roles their rights'],
  ['admin-key', 'issue-admin-key', 'Issue an admin’s key. It is shown once'],
  ['make-key', 'make-key', 'Make a key for the configuration, such as for TELLWIRE_ADMIN_KEY_FILE'],
] as const

export function addService(program: Command, around: Surroundings): void {
  const service = program
    .command('service')
    .description('Look after an installation, where it is installed')
    .addHelpText('after', '\nExample:\n  $ DATABASE_URL=postgres://… tellwire service migrate')
  for (const [name, file, description] of programs) addProgram(service, around, { name, file, description })
  addProgram(program.command('secrets').description('Change the key of an installation'), around, {
    name: 'rotate',
    file: 'rotate-secrets',
    description: 'Seal all secrets anew with the first key of SECRET_KEY',
  })
}

function addProgram(
  parent: Command,
  { env }: Surroundings,
  { name, file, description }: { name: string; file: string; description: string },
): void {
  parent
    .command(name)
    .description(description)
    .argument('[arguments...]')
    .allowUnknownOption()
    .action(async (args: string[]) => {
      const path = findProgram(`${file}.js`, env)
      const child = spawn(process.execPath, [path, ...args], { stdio: 'inherit', env })
      const code = await new Promise<number>((resolve, reject) => {
        child.once('error', reject)
        child.once('exit', (exitCode) => resolve(exitCode ?? 1))
      })
      // It has said itself what went wrong.
      if (code !== 0) throw new CommandError('', code)
    })
}

/** In the checkout or the image: where we are, or where this program is. */
function findProgram(file: string, env: Surroundings['env']): string {
  for (let folder of [env['TELLWIRE_HOME'] ?? process.cwd(), import.meta.dirname]) {
    for (;;) {
      const path = join(folder, 'apps', 'api', 'dist', file)
      if (existsSync(path)) return path
      if (dirname(folder) === folder) break
      folder = dirname(folder)
    }
  }
  throw new CommandError('The service is not installed here. Go to its folder, or set TELLWIRE_HOME to it.')
}
