import { Html, html } from '../../http/html.js'

/** A page for people, in our name and colours. */
export function renderLayout(title: string, content: Html, { head = html``, isWide = false } = {}): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        <link rel="stylesheet" href="/assets/pages.css" />
        <link rel="icon" href="/assets/icon.svg" type="image/svg+xml" />
        ${head}
      </head>
      <body>
        <header>
          <a class="name" href="/"><img src="/assets/icon.svg" alt="" width="28" height="28" />Tellwire</a>
          <nav aria-label="Pages">
            <a href="/docs/guides">Guides</a><a href="/docs">Documentation</a><a href="/openapi.json">OpenAPI</a>
          </nav>
        </header>
        <main class="${isWide ? 'wide' : 'narrow'}">${content}</main>
      </body>
    </html> `.source
}
