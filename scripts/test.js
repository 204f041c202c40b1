// Every check and every test, after setting up what they need.
import './node-version.js'
import { spawnSync } from 'node:child_process'

const { buildBench, root, run, setUp } = await import('./set-up.js')

const checks = [
  ['Types of the tests', ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.tests.json']],
  ['Lint', ['node_modules/oxlint/bin/oxlint', '--type-aware', '--deny-warnings']],
  ['Form', ['node_modules/oxfmt/bin/oxfmt', '--check']],
  ['Import rules', ['node_modules/dependency-cruiser/bin/dependency-cruise.mjs', 'apps', 'packages', 'bench', 'tests']],
  ['Tests', ['node_modules/vitest/vitest.mjs', 'run', ...process.argv.slice(2)]],
]

/** Programs that some tests need and npm cannot bring. */
const programs = [
  ['redis-server', 'the tests of the queue on Redis'],
  ['chromium', 'the tests of the pages in a browser'],
]

function tellWhatIsMissing() {
  for (const [program, tests] of programs) {
    if (spawnSync(program, ['--version'], { stdio: 'ignore' }).status !== 0) {
      console.error(
        `NOT RUN: ${tests}, because there is no ${program} on the PATH (Debian: apt-get install ${program}).`,
      )
    }
  }
}

try {
  await setUp()
  await buildBench()
  for (const [name, args] of checks) {
    console.error('\n' + name + ' …')
    await run(process.execPath, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] })
  }
  tellWhatIsMissing()
} catch (error) {
  tellWhatIsMissing()
  console.error('\n' + String(error))
  process.exit(1)
}
