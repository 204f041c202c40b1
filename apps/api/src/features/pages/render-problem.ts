import { html, joinHtml } from '../../http/html.js'
import { fieldCodes, type ProblemCode, problems } from '../../problems.js'
import { renderLayout } from './layout.js'

/** The page that the `type` of a problem document leads to. */
export function renderProblem(code: ProblemCode): string {
  const { status, title, why, remedy, isRetryable } = problems[code]
  return renderLayout(
    `${code} · Tellwire`,
    html`<p class="over"><code>${code}</code> · HTTP ${String(status)}</p>
      <h1>${title}</h1>
      <h2>Why it happens</h2>
      <p>${why}</p>
      <h2>What to do</h2>
      <p>${remedy}</p>
      <p>${isRetryable ? 'The same request can succeed later.' : 'The same request fails again.'}</p>
      ${code === 'invalid_request' ? renderFieldCodes() : ''}
      <p><a href="/problems">All codes</a></p>`,
  )
}

/** Every code, to look one up. */
export function renderProblems(): string {
  const rows = Object.entries(problems).map(
    ([code, { status, title }]) =>
      html`<tr>
        <td>${String(status)}</td>
        <td>
          <a href="/problems/${code}"><code>${code}</code></a>
        </td>
        <td>${title}</td>
      </tr>`,
  )
  return renderLayout(
    'Errors · Tellwire',
    html`<h1>Errors</h1>
      <p>Every failure is a problem document (RFC 9457), with one of these codes.</p>
      <table>
        <thead>
          <tr>
            <th>Status</th>
            <th>Code</th>
            <th>Meaning</th>
          </tr>
        </thead>
        <tbody>
          ${joinHtml(rows)}
        </tbody>
      </table>`,
  )
}

function renderFieldCodes() {
  const rows = Object.entries(fieldCodes).map(
    ([code, meaning]) =>
      html`<tr>
        <td><code>${code}</code></td>
        <td>${meaning}</td>
      </tr>`,
  )
  return html`<h2>What can be wrong with a field</h2>
    <table>
      <tbody>
        ${joinHtml(rows)}
      </tbody>
    </table>`
}
