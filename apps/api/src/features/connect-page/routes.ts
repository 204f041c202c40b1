import { findConnectLink, linkStatus } from '@tellwire/domain'
import type { FastifyPluginAsync } from 'fastify'
import type { Services } from '../../context.js'
import { notFound } from '../../errors.js'
import { abortSignal } from '../../http/abort-signal.js'
import { waitFor } from '../../http/wait-for.js'
import { readPageState } from './read-page-state.js'
import { renderPage } from './render-page.js'
import { chooseTexts, readAcceptLanguage } from './texts.js'

interface TokenRoute {
  Params: { token: string }
}

const statusWaitSeconds = 25

/** The page a link's `connect_page_url` leads to. It needs no script to connect. */
export function connectPageRoutes({ db }: Pick<Services, 'db'>, baseUrl: () => string): FastifyPluginAsync {
  return async (app) => {
    app.get<TokenRoute>('/c/:token', async (request, reply) => {
      const { state, locale } = await readPageState(db, request.params.token, baseUrl())
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
      const link = await waitFor(
        () => findConnectLink(db, request.params.token),
        (link) => link === null || linkStatus(link) !== 'pending',
        { seconds: statusWaitSeconds, signal: () => abortSignal(reply) },
      )
      if (!link) throw notFound('link')
      reply.header('cache-control', 'no-store')
      return { status: linkStatus(link) }
    })
  }
}
