import { randomUUID } from 'node:crypto'
import { appendFile } from 'node:fs/promises'
import type { Tellwire } from '@tellwire/sdk'

export interface Reports {
  /** Tells the owner. @param text Markdown; what others have written in it goes through `plain`. */
  report(text: string): Promise<void>
}

/** Reports to the owner's chat, of which a copy is kept as a line of a log. */
export function createReports(tellwire: Tellwire, owner: string, logFile: string): Reports {
  return {
    async report(text) {
      await appendFile(logFile, `${JSON.stringify({ at: new Date().toISOString(), text })}\n`)
      await tellwire.notifications.send(
        // An owner who is not connected yet gets it later.
        { to: { user_id: owner }, text, if_not_connected: 'hold', link_preview: 'off' },
        { idempotencyKey: randomUUID() },
      )
    },
  }
}

/** What somebody has written, so that none of it is Markdown. */
export function plain(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+.!|<>~-]/g, String.raw`\$&`)
}
