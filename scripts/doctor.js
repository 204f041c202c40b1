// `npm run doctor`: asks a running service how its installation is, and says what to do.
const { API = 'http://127.0.0.1:3000', TELLWIRE_ADMIN_KEY: key } = process.env
if (!key) {
  console.error('Set TELLWIRE_ADMIN_KEY to a key of admins, and API to the address of the service.')
  process.exit(2)
}

const response = await fetch(`${API}/admin/v1/diagnostics`, { headers: { authorization: `Bearer ${key}` } }).catch(
  (error) => {
    console.error(`${API} does not answer: ${error.cause?.message ?? error.message}`)
    process.exit(2)
  },
)
const body = await response.json()
if (!response.ok) {
  console.error(`${response.status}: ${body.detail ?? body.title}`)
  process.exit(2)
}

// The report is what this command is for: it goes to the standard output, a line for each thing that was looked at.
const signs = { ok: '✓', warning: '!', error: '✗' }
for (const { name, status, detail, advice } of body.checks) {
  console.log(`${signs[status]} ${name.padEnd(18)} ${detail}${advice ? `\n  ${''.padEnd(18)} → ${advice}` : ''}`)
}
process.exit(body.status === 'error' ? 1 : 0)
