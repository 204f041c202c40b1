import { randomBytes } from 'node:crypto'
import type { Tellwire } from '@tellwire/sdk'
import Fastify from 'fastify'
import type { Reports } from './reports.js'

const page = (title: string, content: string): string => `<!doctype html>
<meta name="viewport" content="width=device-width">
<title>${title}</title>
<style>body { font: 1.1rem/1.6 system-ui; max-width: 34rem; margin: 15vh auto; padding: 0 1rem } button { font: inherit }</style>
<h1>${title}</h1>
${content}
`

/** A page that is open only to whom the owner lets in, by a tap in Telegram. */
export async function startOffice(
  tellwire: Tellwire,
  { owner, port, reports }: { owner: string; port: number; reports: Reports },
): Promise<{ url: string; close: () => Promise<void> }> {
  const sessions = new Set<string>()
  const app = Fastify()
  app.addHook('onSend', async (_request, reply) => void reply.type('text/html; charset=utf-8'))
  // The form is empty: that it was sent is all it says.
  app.addContentTypeParser('application/x-www-form-urlencoded', async () => undefined)

  app.get('/', async () => page('Back office', '<form method="post" action="/sign-in"><button>Sign in</button></form>'))

  app.post('/sign-in', async ({ ip }, reply) => {
    const { answer } = await tellwire.questions.ask({
      to: { user_id: owner },
      text: `🔐 **Sign-in** to the back office from \`${ip}\`. Is it you?`,
      options: [
        { id: 'approve', text: 'Approve' },
        { id: 'deny', text: 'Deny' },
      ],
      expires_in: 60,
    })
    if (answer?.option !== 'approve') {
      return reply.code(403).send(page('Not let in', '<p>The owner did not approve. <a href="/">Try again</a></p>'))
    }
    // Whoever asked gets it, with this answer and no other.
    const session = randomBytes(32).toString('base64url')
    sessions.add(session)
    await reports.report(`🔑 **Signed in** from \`${ip}\``)
    return reply.header('set-cookie', `session=${session}; HttpOnly; SameSite=Strict; Path=/`).redirect('/office', 303)
  })

  app.get('/office', async ({ headers: { cookie = '' } }, reply) => {
    const session = /(?:^|;\s*)session=([\w-]+)/.exec(cookie)?.[1]
    if (session === undefined || !sessions.has(session)) return reply.redirect('/')
    return page('Back office', '<p>You are in.</p>')
  })

  const url = await app.listen({ port, host: '127.0.0.1' })
  return { url, close: () => app.close() }
}
