// Runs a program of the bench folder, after setting up what it needs: `bench.js <program> [arguments]`.
import './node-version.js'

const { buildBench, root, run, setUp } = await import('./set-up.js')
const [program, ...args] = process.argv.slice(2)

try {
  await setUp()
  await buildBench()
  await run(process.execPath, [`bench/dist/${program}.js`, ...args], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  })
} catch (error) {
  console.error('\n' + String(error))
  process.exit(1)
}
