// Every check and every test, after setting up what they need.
import './node-version.js'
import { spawnSync } from 'node:child_process'

const { setUp } = await import('./set-up.js')
const { verify } = await import('./verify.js')

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
  await verify(process.argv.slice(2))
  tellWhatIsMissing()
} catch (error) {
  tellWhatIsMissing()
  console.error('\n' + String(error))
  process.exit(1)
}
