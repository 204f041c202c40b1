import { Html, html } from '../../http/html.js'
import type { Page, PageState } from './page-state.js'
import { codeToSend, type PageTexts, sayPage } from './say-page.js'

/** The page of a link, as HTML. @param path where it is. */
export function renderPage(page: Page, path: string): string {
  const { state, brand, speaker } = page
  const texts = sayPage(page)
  const isPending = state.kind === 'pending'
  // Without scripts the page looks for news by itself; with them, connect-page.js does.
  const refresh = isPending ? html`<noscript><meta http-equiv="refresh" content="4" /></noscript>` : ''
  const script = isPending ? html`<script src="/assets/connect-page.js" type="module"></script>` : ''
  const theme = brand.color === undefined ? '' : html`<link rel="stylesheet" href="${path}/theme.css" />`
  const logo = brand.logoUrl === undefined ? '' : html`<img class="logo" src="${brand.logoUrl}" alt="" />`
  const title = isPending ? texts.title : [texts.title, 'tenantName' in state ? state.tenantName : ''].join(' · ')
  return html`<!doctype html>
    <html lang="${speaker.language}" dir="${speaker.direction}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>${title.replace(/ · $/, '')}</title>
        ${refresh}
        <link rel="stylesheet" href="/assets/connect-page.css" />
        ${theme}
        <link rel="icon" href="data:," />
        ${script}
      </head>
      <body>
        <main data-state="${state.kind}">${logo}${renderState(state, texts)}</main>
      </body>
    </html> `.source
}

/** The tenant's colours, which are no part of the page: pages have no styles of their own. */
export function renderTheme({ brand: { color } }: Page): string {
  return color === undefined ? '' : `:root { --accent: ${color.ground}; --on-accent: ${color.ink}; }\n`
}

function renderState(state: PageState, texts: PageTexts): Html {
  switch (state.kind) {
    case 'pending':
      return renderPending(state, texts)
    case 'connected':
      return html`<div class="mark done" aria-hidden="true">✓</div>
        <div role="status">
          <h1>${texts.title}</h1>
          <p>${texts.detail}</p>
        </div>
        ${state.redirectUrl === null ? '' : html`<a class="button" href="${state.redirectUrl}">${texts.button}</a>`}`
    case 'ended':
      return renderEnd('⌛', texts)
    case 'unknown':
      return renderEnd('?', texts)
  }
}

function renderEnd(mark: string, { title, detail }: PageTexts): Html {
  return html`<div class="mark" aria-hidden="true">${mark}</div>
    <h1>${title}</h1>
    <p>${detail}</p>`
}

function renderPending(state: Extract<PageState, { kind: 'pending' }>, texts: PageTexts): Html {
  const { addresses, number } = state
  const numberSection =
    number === null
      ? ''
      : html`<section class="number">
          <h2>${texts.number_label}</h2>
          <strong>${String(number)}</strong>
        </section>`
  return html`<h1>${texts.title}</h1>
    <p>${texts.detail}</p>
    <a class="button" href="${addresses.url}">${texts.button}</a>
    ${numberSection}
    <p class="status" role="status"><span class="spinner" aria-hidden="true"></span>${texts.waiting}</p>
    <section class="qr">
      <h2>${texts.scan}</h2>
      <div role="img" aria-label="${texts.qr_label}">${new Html(addresses.qr_svg)}</div>
    </section>
    <section>
      <h2>${texts.code_label}</h2>
      <code class="command" dir="ltr">${codeToSend(state)}</code>
    </section>`
}
