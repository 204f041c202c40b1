import { randomUUID } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import type { Tellwire } from '@tellwire/sdk'
import Fastify from 'fastify'

const firstResults = `<!doctype html>
<title>Results</title>
<body>
<h1>Results of the regatta</h1>
<ol>
<li>Ada, 12:04</li>
<li>Grace, 12:31</li>
</ol>
</body>
`

const followPage = `<!doctype html>
<meta name="viewport" content="width=device-width">
<title>Follow the results</title>
<style>body { font: 1.1rem/1.6 system-ui; max-width: 34rem; margin: 15vh auto; padding: 0 1rem }</style>
<h1>Follow the results</h1>
<p>Be told in Telegram whenever <a href="/results">the results</a> change.</p>
<p><a href="/follow/private">By a message to me</a> · <a href="/follow/group">In a group of mine</a></p>
`

/** A page that changes, of which the file can be edited, and one on which people follow it. */
export async function startSite(
  tellwire: Tellwire,
  { port, file }: { port: number; file: string },
): Promise<{ url: string; close: () => Promise<void> }> {
  await writeFile(file, firstResults, { flag: 'wx' }).catch(() => undefined)
  const app = Fastify()
  app.addHook('onSend', async (_request, reply) => void reply.type('text/html; charset=utf-8'))
  app.get('/', async () => followPage)
  app.get('/results', () => readFile(file, 'utf8'))
  app.get<{ Params: { chat: 'private' | 'group' } }>(
    '/follow/:chat',
    { schema: { params: { type: 'object', properties: { chat: { enum: ['private', 'group'] } } } } },
    async ({ params: { chat } }, reply) => {
      // Nobody signs in here: each follower is somebody new.
      const { url } = await tellwire.connectLinks.issue({ user_id: `follower-${randomUUID()}`, chat })
      return reply.redirect(url)
    },
  )
  const url = await app.listen({ port, host: '127.0.0.1' })
  return { url, close: () => app.close() }
}
