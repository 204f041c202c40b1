import './node-version.js'

const { setUp } = await import('./set-up.js')
try {
  await setUp()
} catch (error) {
  console.error(`\nThe build failed: ${error.message}`)
  process.exit(1)
}
