import type { Tellwire } from '@tellwire/sdk'
import type { StateStore } from '@tellwire/sdk/conversations'
import Fastify from 'fastify'
import { artists } from './artists.js'
import { accountPage, frontPage } from './page.js'
import { announce, type Release, topicOf } from './releases.js'

type Named = { Params: { name: string } }

/** A small web app: a page for each user, and an address for whoever knows of a release. */
export async function startSite(
  tellwire: Tellwire,
  { port, choices, nowOf }: { port: number; choices: StateStore<string[]>; nowOf: () => Date },
) {
  const app = Fastify()
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) =>
    done(null, new URLSearchParams(String(body))),
  )

  const connectionOf = async (user: string) =>
    (await tellwire.connections.list({ user_id: user, status: 'active', limit: 1 })).data[0]

  app.get('/', async (_request, reply) => reply.type('text/html').send(frontPage()))
  app.get<{ Querystring: { name: string } }>('/sign-in', async ({ query }, reply) =>
    reply.redirect(`/${encodeURIComponent(query.name)}`),
  )
  app.get<Named>('/:name', async ({ params: { name } }, reply) => {
    const chosen = (await choices.load(name)) ?? []
    const chat = (await connectionOf(name))?.display_name ?? undefined
    const shown = artists.map((artist) => ({ ...artist, isFollowed: chosen.includes(artist.id) }))
    return reply.type('text/html').send(accountPage({ name, chat, artists: shown }))
  })
  app.post<Named>('/:name/connect', async ({ params: { name } }, reply) => {
    // Another account takes the place of the one before.
    const link = await tellwire.connectLinks.issue({ user_id: name, replace: true, account_label: name })
    return reply.redirect(link.connect_page_url, 303)
  })
  app.post<Named>('/:name/disconnect', async ({ params: { name } }, reply) => {
    const connection = await connectionOf(name)
    if (connection) await tellwire.connections.end(connection.id)
    return reply.redirect(`/${encodeURIComponent(name)}`, 303)
  })
  app.post<Named & { Body: URLSearchParams }>('/:name/artists', async ({ params: { name }, body }, reply) => {
    const before = (await choices.load(name)) ?? []
    const chosen = body.getAll('artist')
    for (const id of chosen) await tellwire.topics.subscribe(topicOf(id), name)
    for (const id of before) if (!chosen.includes(id)) await tellwire.topics.unsubscribe(topicOf(id), name)
    await choices.save(name, chosen)
    return reply.redirect(`/${encodeURIComponent(name)}`, 303)
  })
  app.post<{ Body: Release }>('/releases', async ({ body }) => ({ told: await announce(tellwire, body, nowOf()) }))

  const url = await app.listen({ port, host: '127.0.0.1' })
  return { url, close: () => app.close() }
}
