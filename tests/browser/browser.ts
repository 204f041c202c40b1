import { spawnSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, type BrowserContextOptions, chromium, type Locator, type Page } from 'playwright-core'

/** Set SCREENSHOTS to keep the pictures. */
export const pictures = process.env['SCREENSHOTS'] ?? join(tmpdir(), 'tellwire-screenshots')
export const phone = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2 }

/** Where Debian's Chromium is, if it is installed. */
export function findChromium(): string | undefined {
  const { status, stdout } = spawnSync('sh', ['-c', 'command -v chromium'], { encoding: 'utf8' })
  return status === 0 ? stdout.trim() : undefined
}

export async function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: findChromium() ?? '',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}

/** A page that waits for what it is to show for as long as other tests may keep the machine busy. */
export async function openPage(browser: Browser, options: BrowserContextOptions): Promise<Page> {
  const page = await browser.newPage(options)
  page.setDefaultTimeout(150_000)
  return page
}

/** Waits until something can be seen, and tells what else there was where it cannot. */
export async function seen(locator: Locator, errors: readonly string[]): Promise<void> {
  try {
    await locator.waitFor()
  } catch (cause) {
    const shown = await locator.page().locator('body').innerText()
    throw new Error(`It was not seen. Errors: ${JSON.stringify(errors)}. Page: ${shown.slice(0, 1_000)}`, { cause })
  }
}

/** What went wrong in a page: uncaught errors and everything the console calls an error. */
export function watchErrors(page: Page): string[] {
  const errors: string[] = []
  page.on('pageerror', (error) => errors.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text())
  })
  return errors
}
