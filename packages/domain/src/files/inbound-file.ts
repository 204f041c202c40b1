import type { Sealer } from '../secrets/sealer.js'

/** A file that a person sent to a bot. Telegram keeps it; we keep nothing of it. */
export interface InboundFile {
  fileId: string
  name: string | undefined
  mimeType: string | undefined
}

/** The id of such a file: all that is needed to ask Telegram for it, which nobody else can read or make. */
export function sealInboundFile(sealer: Sealer, botId: string, { fileId, name, mimeType }: InboundFile): string {
  const what = JSON.stringify([
    botId,
    fileId,
    name === undefined ? null : shorten(name),
    mimeType?.slice(0, 100) ?? null,
  ])
  return sealer.wrap('inbound-file', what)
}

/** Of a long name its beginning, and its end, which tells what it is: the id is part of an address. */
function shorten(name: string): string {
  const characters = Array.from(name)
  return characters.length <= 120 ? name : [...characters.slice(0, 99), '…', ...characters.slice(-20)].join('')
}

/** @returns undefined for what is no such id. */
export function unsealInboundFile(sealer: Sealer, id: string): (InboundFile & { botId: string }) | undefined {
  try {
    const [botId, fileId, name, mimeType] = JSON.parse(sealer.unwrap('inbound-file', id)) as (string | null)[]
    if (typeof botId !== 'string' || typeof fileId !== 'string') return undefined
    return { botId, fileId, name: name ?? undefined, mimeType: mimeType ?? undefined }
  } catch {
    return undefined
  }
}
