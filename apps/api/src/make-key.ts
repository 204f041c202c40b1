import { generateKey } from '@tellwire/domain'

// A key for the configuration, such as TELLWIRE_ADMIN_KEY_FILE. Nothing knows it until a service is started with it.
const [, , kind] = process.argv
if (kind !== 'admin' && kind !== 'live') {
  process.stderr.write('Say which key to make: admin, or live for a tenant.\n')
  process.exit(1)
}
process.stdout.write(`${generateKey(kind)}\n`)
