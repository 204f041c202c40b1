// Puts each service and what it imports into a few files: to start from two thousand takes three times as long, and 25 MB
// more for as long as it runs.
import { rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { build } from 'esbuild'
import { root } from './set-up.js'

const watch = 'packages/lifecycle/src/event-loop-watch.ts'
/** Beside `main`, what is started from a file of its own. */
const services = {
  api: [watch],
  worker: [watch, 'apps/worker/src/lane/trial-process.ts'],
  sandbox: [],
}

for (const [name, others] of Object.entries(services)) {
  const folder = join(root, `apps/${name}/bundle`)
  // Whoever starts a service meanwhile finds the one before.
  const outdir = `${folder}.new`
  await rm(outdir, { recursive: true, force: true })
  await build({
    absWorkingDir: root,
    entryPoints: [`apps/${name}/src/main.ts`, ...others],
    entryNames: '[name]',
    outdir,
    bundle: true,
    // What is loaded at need alone stays in files of its own.
    splitting: true,
    // What is not there needs no parsing. Names stay, so that a trace tells something.
    minifyWhitespace: true,
    minifySyntax: true,
    lineLimit: 120,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    conditions: ['source'],
    // `node --enable-source-maps` shows where an error comes from.
    sourcemap: 'linked',
    legalComments: 'linked',
    // Packages that are no modules ask for others while they run.
    banner: {
      js: "import { createRequire as createRequireOfBundle } from 'node:module'\nconst require = createRequireOfBundle(import.meta.url)",
    },
    logLevel: 'warning',
  })
  await rm(folder, { recursive: true, force: true })
  await rename(outdir, folder)
}
