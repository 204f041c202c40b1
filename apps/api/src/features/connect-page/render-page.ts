import type { LinkChat } from '@tellwire/domain'
import { Html, html } from '../../http/html.js'
import type { LinkAddresses } from '../../views/link-addresses.js'
import type { PageTexts } from './texts.js'

export type PageState =
  | { kind: 'pending'; tenantName: string; botUsername: string; chat: LinkChat; addresses: LinkAddresses }
  | { kind: 'connected'; tenantName: string; displayName: string; redirectUrl: string | null }
  | { kind: 'ended'; tenantName: string }
  | { kind: 'unknown' }

export function renderPage(state: PageState, language: string, texts: PageTexts): string {
  const title = state.kind === 'unknown' ? texts.unknown : texts.title(state.tenantName)
  // Without scripts the page looks for news by itself; with them, connect-page.js does.
  const refresh = state.kind === 'pending' ? html`<noscript><meta http-equiv="refresh" content="4" /></noscript>` : ''
  const script = state.kind === 'pending' ? html`<script src="/assets/connect-page.js" type="module"></script>` : ''
  return html`<!doctype html>
    <html lang="${language}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>${title}</title>
        ${refresh}
        <link rel="stylesheet" href="/assets/connect-page.css" />
        <link rel="icon" href="data:," />
        ${script}
      </head>
      <body>
        <main data-state="${state.kind}">${renderState(state, texts)}</main>
      </body>
    </html> `.source
}

function renderState(state: PageState, texts: PageTexts): Html {
  switch (state.kind) {
    case 'pending':
      return renderPending(state, texts)
    case 'connected':
      return html`<div class="mark done" aria-hidden="true">✓</div>
        <div role="status">
          <h1>${texts.connected}</h1>
          <p>${texts.connectedDetail(state.tenantName, state.displayName)}</p>
        </div>
        ${state.redirectUrl === null ? '' : html`<a class="button" href="${state.redirectUrl}">${texts.back}</a>`}`
    case 'ended':
      return html`<div class="mark" aria-hidden="true">⌛</div>
        <h1>${texts.expired}</h1>
        <p>${texts.expiredDetail(state.tenantName)}</p>`
    case 'unknown':
      return html`<div class="mark" aria-hidden="true">?</div>
        <h1>${texts.unknown}</h1>
        <p>${texts.unknownDetail}</p>`
  }
}

function renderPending(state: Extract<PageState, { kind: 'pending' }>, texts: PageTexts): Html {
  const { addresses, chat, tenantName, botUsername } = state
  const intro = { private: texts.intro, group: texts.introGroup, channel: texts.introChannel }[chat]
  const button = { private: texts.button, group: texts.buttonGroup, channel: texts.buttonChannel }[chat]
  return html`<h1>${texts.title(tenantName)}</h1>
    <p>${intro(tenantName)}</p>
    <a class="button" href="${addresses.url}">${button}</a>
    <p class="status" role="status"><span class="spinner" aria-hidden="true"></span>${texts.waiting}</p>
    <section class="qr">
      <h2>${texts.scan}</h2>
      <div role="img" aria-label="${texts.qrLabel}">${new Html(addresses.qr_svg)}</div>
    </section>
    <section>
      <h2>${chat === 'channel' ? texts.copyChannel : texts.copy(botUsername)}</h2>
      <code class="command">${addresses.start_command}</code>
    </section>`
}
