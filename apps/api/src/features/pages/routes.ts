import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import { notFound } from '../../errors.js'
import { html } from '../../http/html.js'
import { type ProblemCode, problems } from '../../problems.js'
import { renderLayout } from './layout.js'
import { home, renderHome } from './render-home.js'
import { readGuides, renderGuide, renderGuides } from './guides.js'
import { renderProblem, renderProblems } from './render-problem.js'

const codes = Object.keys(problems).filter(isProblemCode)
const htmlType = 'text/html; charset=utf-8'

/** The reference sets styles from its script, and searches in a worker that it makes. Nothing comes from elsewhere. */
const documentationPolicy =
  "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; worker-src 'self' blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'"

/** Pages for people: what this is, its documentation, and what its errors mean. Programs get the same as JSON. */
export function pageRoutes(describe: () => Record<string, unknown>): FastifyPluginAsync {
  return async (app) => {
    app.get('/', async (request, reply) => (wantsHtml(request) ? reply.type(htmlType).send(renderHome()) : home))

    app.get('/openapi.json', async () => describe())

    app.get('/docs', async (_request, reply) =>
      reply.type(htmlType).header('content-security-policy', documentationPolicy).send(renderDocumentation()),
    )

    app.get('/docs/guides', async (_request, reply) => reply.type(htmlType).send(renderGuides(readGuides())))

    app.get<{ Params: { name: string } }>('/docs/guides/:name', async ({ params }, reply) => {
      const guide = readGuides().get(params.name)
      if (!guide) throw notFound('guide')
      return reply.type(htmlType).send(renderGuide(guide))
    })

    app.get('/problems', async (request, reply) =>
      wantsHtml(request) ? reply.type(htmlType).send(renderProblems()) : { data: codes.map(showProblem) },
    )

    app.get<{ Params: { code: string } }>('/problems/:code', async (request, reply) => {
      const { code } = request.params
      if (!isProblemCode(code)) throw notFound('problem')
      return wantsHtml(request) ? reply.type(htmlType).send(renderProblem(code)) : showProblem(code)
    })
  }
}

function renderDocumentation(): string {
  return renderLayout(
    'Documentation · Tellwire',
    html`<div id="reference">
      <p class="loading">
        The documentation needs JavaScript; without it there is <a href="/openapi.json">/openapi.json</a>.
      </p>
    </div>`,
    {
      isWide: true,
      head: html`<script src="/assets/redoc.js" defer></script>
        <script src="/assets/reference.js" defer></script>`,
    },
  )
}

function isProblemCode(code: string): code is ProblemCode {
  return Object.hasOwn(problems, code)
}

function showProblem(code: ProblemCode) {
  const { status, title, why, remedy, isRetryable } = problems[code]
  return { code, status, title, why, remedy, retryable: isRetryable }
}

/** A browser names HTML first; a program takes whatever comes, or asks for JSON. */
function wantsHtml(request: FastifyRequest): boolean {
  return request.headers.accept?.includes('text/html') === true
}
