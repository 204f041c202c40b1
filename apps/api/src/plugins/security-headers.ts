import helmet, { type FastifyHelmetOptions } from '@fastify/helmet'
import Fastify, { type FastifyInstance } from 'fastify'

const options: FastifyHelmetOptions = { contentSecurityPolicy: { directives: { upgradeInsecureRequests: null } } }

/**
 * Gives every answer Helmet's headers. Helmet puts them together anew for each, which costs more than the rest of a small
 * answer; what it says is the same every time, so it is asked once.
 */
export async function sendSecurityHeaders(app: FastifyInstance): Promise<void> {
  const headers = await askHelmet()
  app.addHook('onRequest', (_request, reply, done) => {
    reply.headers(headers)
    done()
  })
}

/** Lets Helmet itself see to each answer: of pages, which are what most of its headers are about. */
export async function useHelmet(pages: FastifyInstance): Promise<void> {
  await pages.register(helmet, options)
}

/** @returns the headers that Helmet adds to an answer. */
async function askHelmet(): Promise<Record<string, string>> {
  const bare = Fastify()
  bare.get('/bare', async () => '')
  bare.register(async (secured) => {
    await secured.register(helmet, options)
    secured.get('/secured', async () => '')
  })
  const [plain, secured] = await Promise.all([bare.inject('/bare'), bare.inject('/secured')])
  await bare.close()
  return Object.fromEntries(
    Object.entries(secured.headers).flatMap(([name, value]) =>
      plain.headers[name] === undefined ? [[name, String(value)]] : [],
    ),
  )
}
