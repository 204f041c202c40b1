import { readFile } from 'node:fs/promises'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import Type from 'typebox'
import type { Services } from '../../context.js'
import { notFound } from '../../errors.js'
import { abortSignal } from '../../http/abort-signal.js'
import { linkAddresses, type LinkChat } from '../../http/link-addresses.js'
import { linkStatus } from '../../http/link-status.js'
import { waitFor } from '../../http/wait-for.js'
import { findLinkByToken, type LinkOfPage } from './find-link-by-token.js'
import { type PageState, renderPage } from './render-page.js'
import { chooseTexts, readAcceptLanguage } from './texts.js'

const TokenParams = Type.Object({ token: Type.String() })
const statusWaitSeconds = 25

const assets = [
  { file: 'connect-page.css', type: 'text/css; charset=utf-8' },
  { file: 'connect-page.js', type: 'text/javascript; charset=utf-8' },
]

/** The page a link's `connect_page_url` leads to. It needs no script to connect. */
export function connectPageRoutes({ db }: Services, baseUrl: () => string): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get('/c/:token', { schema: { params: TokenParams } }, async (request, reply) => {
      const { token } = request.params
      const link = await findLinkByToken(db, token)
      const { language, texts } = chooseTexts([
        ...(link?.locale ? [link.locale] : []),
        ...readAcceptLanguage(request.headers['accept-language']),
      ])
      const state = toPageState(link, token, baseUrl())
      return reply
        .code({ pending: 200, connected: 200, ended: 410, unknown: 404 }[state.kind])
        .header('cache-control', 'no-store')
        .type('text/html; charset=utf-8')
        .send(renderPage(state, language, texts))
    })

    app.get('/c/:token/status', { schema: { params: TokenParams } }, async (request, reply) => {
      const link = await waitFor(
        () => findLinkByToken(db, request.params.token),
        (link) => link === null || linkStatus(link) !== 'pending',
        { seconds: statusWaitSeconds, signal: abortSignal(reply) },
      )
      if (!link) throw notFound('link')
      reply.header('cache-control', 'no-store')
      return { status: linkStatus(link) }
    })

    for (const { file, type } of assets) {
      const content = await readFile(new URL(`../../../assets/${file}`, import.meta.url))
      app.get(`/assets/${file}`, async (_request, reply) =>
        reply.type(type).header('cache-control', 'max-age=300').send(content),
      )
    }
  }
}

function toPageState(link: LinkOfPage | null, token: string, baseUrl: string): PageState {
  if (!link) return { kind: 'unknown' }
  const { tenantName, botUsername } = link
  switch (linkStatus(link)) {
    case 'pending': {
      const chat = link.chat as LinkChat
      return {
        kind: 'pending',
        tenantName,
        botUsername,
        chat,
        addresses: linkAddresses({ baseUrl, username: botUsername, chat, token }),
      }
    }
    case 'used':
      return { kind: 'connected', tenantName, displayName: link.displayName ?? '', redirectUrl: link.redirectUrl }
    case 'expired':
    case 'revoked':
      return { kind: 'ended', tenantName }
  }
}
