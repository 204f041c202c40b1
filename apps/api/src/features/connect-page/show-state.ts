import type { Page } from './page-state.js'
import { codeToSend, sayPage } from './say-page.js'

/** Shows the same to the connect element, which stands in a page of the tenant's. */
export function showState(page: Page) {
  const { state, brand, speaker } = page
  const pending = state.kind === 'pending' ? state : undefined
  const connected = state.kind === 'connected' ? state : undefined
  return {
    status: state.kind,
    language: speaker.language,
    direction: speaker.direction,
    texts: sayPage(page),
    url: pending?.addresses.url ?? null,
    app_url: pending?.addresses.app_url ?? null,
    qr_svg: pending?.addresses.qr_svg ?? null,
    code: pending ? codeToSend(pending) : null,
    number: pending?.number ?? null,
    display_name: connected?.displayName ?? null,
    redirect_url: connected?.redirectUrl ?? null,
    logo_url: brand.logoUrl ?? null,
    color: brand.color ?? null,
  }
}
