import './node-version.js'

const { setUp } = await import('./set-up.js')
try {
  await setUp()
} catch (error) {
  console.error(`\nThe set-up failed: ${error.message}. Mend what the lines above name, and start again.`)
  process.exit(1)
}
await import('../apps/local/dist/main.js')
