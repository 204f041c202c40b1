/** Fastify with one route, which checks a notification by the schema that the API describes and answers: no key, no limits, no storing. */
import { readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import fastify from 'fastify'

interface Described {
  components: { schemas: Record<string, object> }
}

const text = readFileSync(new URL('../../../docs/openapi.json', import.meta.url), 'utf8')
const { schemas } = (JSON.parse(text.replaceAll('"#/components/schemas/', '"notify:')) as Described).components

const app = fastify({ ajv: { customOptions: { strict: false } } })
for (const [name, schema] of Object.entries(schemas)) app.addSchema({ ...schema, $id: `notify:${name}` })
let accepted = 0
app.post('/v1/notifications', { schema: { body: { $ref: 'notify:NewNotification' } } }, (_request, reply) =>
  reply.code(202).send({ id: `ntf_${String(++accepted).padStart(26, '0')}`, status: 'accepted', deliveries: 1 }),
)
await app.listen({ host: '127.0.0.1', port: Number(process.env['PORT'] ?? 0) })
process.send?.({ type: 'ready', port: (app.server.address() as AddressInfo).port })
process.on('disconnect', () => process.exit(0))
process.on('SIGTERM', () => process.exit(0))
