import { html } from '../../http/html.js'
import { renderLayout } from './layout.js'

/** The page of `/`: what this is, and where its pages are. */
export function renderHome(): string {
  return renderLayout(
    'Tellwire',
    html`<h1>Push notifications over Telegram</h1>
      <p>
        This is the API of a Tellwire service. Your backend asks it for a connect link; your user opens it and presses
        Start; from then on you POST Markdown, and it arrives in their chat.
      </p>
      <ul class="places">
        <li><a href="/docs">Documentation</a> the guide, then every operation</li>
        <li><a href="/docs/guides">Guides</a> from the first notification to production</li>
        <li><a href="/openapi.json">/openapi.json</a> the same for programs: OpenAPI 3.1</li>
        <li><a href="/problems">Errors</a> every code, why it happens, and what to do</li>
        <li><a href="/livez">/livez</a> and <a href="/readyz">/readyz</a> whether it runs, and can do its work</li>
      </ul>`,
  )
}

/** The same for programs. */
export const home = {
  name: 'Tellwire',
  description: 'Push notifications over Telegram',
  links: {
    documentation: '/docs',
    guides: '/docs/guides',
    openapi: '/openapi.json',
    problems: '/problems',
    live: '/livez',
    ready: '/readyz',
  },
}
