import type { Database } from '@tellwire/db'
import { type ConnectLink, findConnectLink, type Gate, linkStatus } from '@tellwire/domain'
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { notFound, tooManyWaits } from '../../errors.js'
import { abortSignal } from '../../http/abort-signal.js'
import type { Waits } from '../../waits.js'
import type { Page } from './page-state.js'
import { readPage } from './read-page.js'
import { renderPage, renderTheme } from './render-page.js'
import { showState } from './show-state.js'

interface TokenRoute {
  Params: { token: string }
}

const statusWaitSeconds = 25
const statusCodes = { pending: 200, connected: 200, ended: 410, unknown: 404 }

interface PageServices {
  db: Database
  waits: Waits
  gate: Gate
}

/**
 * The page that a link's `connect_page_url` leads to, which needs no script to connect, and what the connect element asks
 * for that shows the same in pages of the tenant's.
 */
export function connectPageRoutes({ db, waits, gate }: PageServices, baseUrl: () => string): FastifyPluginAsync {
  return async (app) => {
    // Whoever has no key shares with those of the same address.
    const read = ({ ip, params, headers }: FastifyRequest<TokenRoute>): Promise<Page> =>
      gate.pass(`address ${ip}`, () => {
        const languages = readAcceptLanguage(headers['accept-language'])
        return readPage(db, { token: params.token, baseUrl: baseUrl(), languages })
      })
    const findLink = ({ ip, params }: FastifyRequest<TokenRoute>): Promise<ConnectLink | null> =>
      gate.pass(`address ${ip}`, () => findConnectLink(db, params.token))

    app.get<TokenRoute>('/c/:token', async (request, reply) => {
      const page = await read(request)
      allowLogo(reply, page)
      return reply
        .code(statusCodes[page.state.kind])
        .header('cache-control', 'no-store')
        .type('text/html; charset=utf-8')
        .send(renderPage(page, `/c/${request.params.token}`))
    })

    app.get<TokenRoute>('/c/:token/theme.css', async (request, reply) =>
      reply
        .header('cache-control', 'no-store')
        .type('text/css; charset=utf-8')
        .send(renderTheme(await read(request))),
    )

    app.get<TokenRoute>('/c/:token/state', async (request, reply) => {
      const page = await read(request)
      reply.header('cache-control', 'no-store')
      allowOrigin(request, reply, page.origins)
      return reply.code(statusCodes[page.state.kind]).send(showState(page))
    })

    app.get<TokenRoute>('/c/:token/status', async (request, reply) => {
      reply.header('cache-control', 'no-store')
      const link = await findLink(request)
      if (!link) throw notFound('link')
      if (request.headers.origin !== undefined) {
        const { origins } = await db.tenant.findUniqueOrThrow({
          where: { id: link.tenantId },
          select: { origins: true },
        })
        allowOrigin(request, reply, origins)
      }
      if (linkStatus(link) !== 'pending') return { status: linkStatus(link) }
      const waiter = { owner: `address ${request.ip}`, seconds: statusWaitSeconds, signal: abortSignal(reply) }
      if (!(await waits.until(link, waiter))) throw tooManyWaits()
      const later = await findLink(request)
      return { status: linkStatus(later ?? link) }
    })
  }
}

/** Lets pages of the tenant's own sites read an answer. */
function allowOrigin({ headers: { origin } }: FastifyRequest, reply: FastifyReply, origins: readonly string[]): void {
  reply.header('vary', 'origin')
  if (origin !== undefined && origins.includes(origin)) reply.header('access-control-allow-origin', origin)
}

/** Lets a page show the tenant's logo, from there and nowhere else. */
function allowLogo(reply: FastifyReply, { brand: { logoUrl } }: Page): void {
  if (logoUrl === undefined) return
  const policy = String(reply.getHeader('content-security-policy'))
  reply.header('content-security-policy', policy.replace(/img-src [^;]*/, `$& ${new URL(logoUrl).origin}`))
}

/** The languages of an Accept-Language header, in its order. */
export function readAcceptLanguage(header: string | undefined): string[] {
  return (header ?? '')
    .split(',')
    .map((part) => part.trim().split(';')[0] ?? '')
    .filter((language) => language !== '')
}
