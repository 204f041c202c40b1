import { run } from './program.js'

const stop = new AbortController()
// A second Ctrl-C ends it as it is.
process.once('SIGINT', () => stop.abort())
const { env, stdin, stdout, stderr } = process
// Whoever reads its output may have enough of it.
stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))
process.exitCode = await run(process.argv.slice(2), { env, stdin, stdout, stderr, signal: stop.signal })
