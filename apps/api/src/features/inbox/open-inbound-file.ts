import type { Readable } from 'node:stream'
import { type TenantScope, unsealBotToken, unsealInboundFile, usableBy } from '@tellwire/domain'
import type { Needs } from '../../context.js'
import { ApiError, notFound } from '../../errors.js'

/** A file as it is answered. */
export interface OpenedFile {
  content: Readable
  headers: Record<string, string>
}

const tooLarge = /file is too big/i

/**
 * Opens a file that a person sent to a bot of the tenant's, at Telegram: nothing of it is kept here.
 * @throws `not_found`, `file_too_large`, `telegram_unavailable`
 */
export async function openInboundFile(
  { db, tenantId, sealer, telegram }: TenantScope & Needs<'sealer' | 'telegram'>,
  id: string,
  signal: AbortSignal,
): Promise<OpenedFile> {
  const file = unsealInboundFile(sealer, id)
  const bot = file && (await db.bot.findFirst({ where: { id: file.botId, ...usableBy(tenantId), status: 'active' } }))
  if (!file || !bot) throw notFound('file', '/id')
  const token = unsealBotToken(sealer, bot)
  const found = await telegram.call(token, 'getFile', { file_id: file.fileId }, { signal })
  if (found.kind === 'refused' && tooLarge.test(found.description)) {
    throw new ApiError('file_too_large', 'Telegram gives bots files of up to 20 MB.')
  }
  if (found.kind === 'refused' && found.code === 400) throw notFound('file', '/id')
  const path = found.kind === 'ok' ? found.result.file_path : undefined
  const content = path === undefined ? undefined : await telegram.download(token, path, signal).catch(() => undefined)
  if (!content) throw new ApiError('telegram_unavailable', 'Telegram did not give the file.')
  const name = file.name ?? path?.split('/').at(-1) ?? 'file'
  return {
    content,
    headers: {
      // Whatever a person sends, it is not to run as a page of ours.
      'content-type': file.mimeType && isHarmless(file.mimeType) ? file.mimeType : 'application/octet-stream',
      'content-disposition': `attachment; filename*=UTF-8''${encodeExtended(name)}`,
      'content-security-policy': 'sandbox',
    },
  }
}

/** As RFC 8187 wants it. */
function encodeExtended(text: string): string {
  const escape = (character: string): string => `%${character.charCodeAt(0).toString(16).toUpperCase()}`
  return encodeURIComponent(text.toWellFormed()).replace(/['()*]/g, escape)
}

/** A type that a browser runs or draws as a page. */
const active = /[/+.-](?:x?html|xml|xslt?|svg|(?:java|ecma|live|j)script)(?:$|[+.\d-])/i

function isHarmless(type: string): boolean {
  return /^(?:text|image|audio|video|font|application)\/[\w.+-]+$/.test(type) && !active.test(type)
}
