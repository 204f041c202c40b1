import type { Database } from '@tellwire/db'
import { type ConnectLink, findConnectLink, linkStatus } from '@tellwire/domain'
import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import { notFound, tooManyWaits } from '../../errors.js'
import type { Gate } from '@tellwire/domain'
import { abortSignal } from '../../http/abort-signal.js'
import type { Waits } from '../../waits.js'
import { readPageState } from './read-page-state.js'
import { renderPage } from './render-page.js'
import { chooseTexts, readAcceptLanguage } from './texts.js'

interface TokenRoute {
  Params: { token: string }
}

const statusWaitSeconds = 25

interface PageServices {
  db: Database
  waits: Waits
  gate: Gate
}

/** The page a link's `connect_page_url` leads to. It needs no script to connect. */
export function connectPageRoutes({ db, waits, gate }: PageServices, baseUrl: () => string): FastifyPluginAsync {
  return async (app) => {
    // Whoever has no key shares with those of the same address.
    const findLink = ({ ip, params }: FastifyRequest<TokenRoute>): Promise<ConnectLink | null> =>
      gate.pass(`address ${ip}`, () => findConnectLink(db, params.token))

    app.get<TokenRoute>('/c/:token', async (request, reply) => {
      const { token } = request.params
      const page = await gate.pass(`address ${request.ip}`, () => readPageState(db, token, baseUrl()))
      const { state, locale } = page
      const { language, texts } = chooseTexts([
        ...(locale === null ? [] : [locale]),
        ...readAcceptLanguage(request.headers['accept-language']),
      ])
      return reply
        .code({ pending: 200, connected: 200, ended: 410, unknown: 404 }[state.kind])
        .header('cache-control', 'no-store')
        .type('text/html; charset=utf-8')
        .send(renderPage(state, language, texts))
    })

    app.get<TokenRoute>('/c/:token/status', async (request, reply) => {
      reply.header('cache-control', 'no-store')
      const link = await findLink(request)
      if (!link) throw notFound('link')
      if (linkStatus(link) !== 'pending') return { status: linkStatus(link) }
      const waiter = { owner: `address ${request.ip}`, seconds: statusWaitSeconds, signal: abortSignal(reply) }
      if (!(await waits.until(link, waiter))) throw tooManyWaits()
      const later = await findLink(request)
      return { status: linkStatus(later ?? link) }
    })
  }
}
