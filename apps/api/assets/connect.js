// <tellwire-connect link="https://…/c/TOKEN"></tellwire-connect>
//
// Shows a connect link in any page: the button to Telegram, the QR code, the code to type and the number to tap, and
// follows what becomes of it. It stands on nothing else. Events, which bubble:
//   connected  { detail: { display_name, redirect_url } }   the person has connected the chat
//   ended      the link can no longer be used
// Parts to style: card, logo, title, detail, button, number, status, qr, code.

const styles = `
:host { display: block; font: 16px/1.5 system-ui, sans-serif; color-scheme: light dark; }
:host([hidden]) { display: none; }
.card { box-sizing: border-box; max-width: 400px; margin: 0 auto; padding: 24px; border: 1px solid #8884; border-radius: 16px; text-align: center; }
.title { margin: 0 0 8px; font-size: 1.25em; overflow-wrap: anywhere; }
.detail { margin: 0 0 16px; overflow-wrap: anywhere; }
.logo { display: block; max-width: 100%; height: 56px; margin: 0 auto 16px; object-fit: contain; }
.button { display: block; padding: 12px 20px; border: 1px solid #8884; border-radius: 12px; background: var(--tellwire-accent, #1c7cc4); color: var(--tellwire-on-accent, #fff); font-weight: 600; text-decoration: none; }
.button:focus-visible { outline: 3px solid; outline-offset: 2px; }
.label { margin: 20px 0 8px; font-size: 0.9em; opacity: 0.75; }
.number { font-size: 2.4em; font-weight: 700; letter-spacing: 0.06em; }
.qr svg { display: block; width: 180px; height: 180px; margin: 0 auto; border-radius: 8px; }
.code { display: block; padding: 10px; border-radius: 8px; background: #8882; font: 15px/1.4 ui-monospace, monospace; overflow-wrap: anywhere; user-select: all; }
`
const retryAfterMs = 2000

/** An element with a class, which is its part too. */
function make(tag, name, text, properties = {}) {
  const element = Object.assign(document.createElement(tag), { className: name, textContent: text, ...properties })
  if (name !== 'label') element.setAttribute('part', name)
  return element
}

class TellwireConnect extends HTMLElement {
  static observedAttributes = ['link']
  #following

  connectedCallback() {
    this.attributeChangedCallback()
  }

  disconnectedCallback() {
    this.#following?.abort()
  }

  attributeChangedCallback() {
    this.#following?.abort()
    const link = this.getAttribute('link')
    if (!this.isConnected || !link) return
    this.#following = new AbortController()
    void this.#follow(new URL(link, location.href).href.replace(/\/$/, ''), this.#following.signal)
  }

  async #follow(link, signal) {
    for (;;) {
      const state = await this.#read(`${link}/state`, signal)
      if (signal.aborted) return
      if (!state) continue
      this.#show(state)
      if (state.status !== 'pending') return this.#tell(state)
      // It answers when something has changed, or after half a minute.
      while (!signal.aborted && (await this.#read(`${link}/status`, signal))?.status === 'pending');
    }
  }

  async #read(address, signal) {
    try {
      const response = await fetch(address, { cache: 'no-store', signal })
      if (response.ok || response.status === 404 || response.status === 410) return await response.json()
    } catch {
      // The service is away for a moment.
    }
    if (!signal.aborted) await new Promise((resolve) => setTimeout(resolve, retryAfterMs))
    return undefined
  }

  #tell({ status, display_name, redirect_url }) {
    const [name, detail] = status === 'connected' ? ['connected', { display_name, redirect_url }] : ['ended', {}]
    this.dispatchEvent(new CustomEvent(name, { bubbles: true, composed: true, detail }))
  }

  #show(state) {
    const { texts, direction, language, color, logo_url: logo, number, code, qr_svg: qr } = state
    const root = this.shadowRoot ?? this.attachShadow({ mode: 'open' })
    const sheet = new CSSStyleSheet()
    const theme = color ? `:host { --tellwire-accent: ${color.ground}; --tellwire-on-accent: ${color.ink}; }` : ''
    sheet.replaceSync(styles + theme)
    root.adoptedStyleSheets = [sheet]
    const card = make('div', 'card', '', { dir: direction, lang: language })
    if (logo) card.append(make('img', 'logo', '', { src: logo, alt: '' }))
    card.append(make('h2', 'title', texts.title), make('p', 'detail', texts.detail))
    const href = state.url ?? state.redirect_url
    if (href)
      card.append(
        make('a', 'button', texts.button, { href, ...(state.url ? { target: '_blank', rel: 'noopener' } : {}) }),
      )
    if (number !== null) card.append(make('p', 'label', texts.number_label), make('div', 'number', String(number)))
    if (qr) {
      const picture = make('div', 'qr', '', { role: 'img', ariaLabel: texts.qr_label })
      picture.append(new DOMParser().parseFromString(qr, 'image/svg+xml').documentElement)
      card.append(make('p', 'label', texts.scan), picture)
    }
    if (code) card.append(make('p', 'label', texts.code_label), make('code', 'code', code, { dir: 'ltr' }))
    if (texts.waiting) card.append(make('p', 'label', texts.waiting, { role: 'status' }))
    root.replaceChildren(card)
  }
}

if (!customElements.get('tellwire-connect')) customElements.define('tellwire-connect', TellwireConnect)
