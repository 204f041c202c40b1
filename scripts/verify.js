import { checks } from './checks.js'
import { root, run } from './set-up.js'

/** Runs every check; `args` go to the tests. */
export async function verify(args) {
  for (const { name, command } of checks) {
    console.error('\n' + name + ' …')
    const given = name === 'Tests' ? command.concat(args) : command
    await run(process.execPath, given, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] })
  }
}
