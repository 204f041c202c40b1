import { Readable } from 'node:stream'
import { captionParams, fileKey, type Medium, type MessageStep } from '@tellwire/domain'
import type { Upload } from '@tellwire/telegram'
import { type CalledMedium, FileMissing, uploadKey, UploadUnderWay } from './call.js'
import type { Preparing } from './plan-steps.js'

interface Resolved {
  /** What the call says: an address, a `file_id`, or which of the uploads. */
  reference: string
  upload: Upload | undefined
  called: CalledMedium | undefined
}

/** The parameters that bring a step's media, and what has to be uploaded with the call. */
export async function resolveMedia(
  preparing: Preparing,
  { method, media, shown }: Pick<MessageStep, 'method' | 'media' | 'shown'>,
): Promise<{ params: Record<string, unknown>; uploads: Upload[]; media: CalledMedium[] }> {
  const resolved = await Promise.all(media.map((medium, index) => resolve(preparing, medium, index)))
  const [first] = resolved
  const [medium] = media
  const isAlbum = method === 'sendMediaGroup'
  return {
    uploads: resolved.flatMap(({ upload }) => upload ?? []),
    media: resolved.flatMap(({ called }) => called ?? []),
    params: isAlbum
      ? {
          media: media.map((item, index) =>
            toInputMedia(item, resolved[index]?.reference ?? '', index === 0 ? captionParams(shown) : {}),
          ),
        }
      : first && medium
        ? { [medium.type]: first.reference, ...(medium.hasSpoiler ? { has_spoiler: true } : {}) }
        : {},
  }
}

/** The caption of an album is that of its first item. */
export function toInputMedia({ type, hasSpoiler }: Medium, reference: string, captioned: object): object {
  const { caption, caption_entities: entities } = captioned as { caption?: string; caption_entities?: object[] }
  return {
    type,
    media: reference,
    ...(hasSpoiler ? { has_spoiler: true } : {}),
    ...(caption === undefined ? {} : { caption }),
    ...(entities === undefined ? {} : { caption_entities: entities }),
  }
}

/** @throws {UploadUnderWay | FileMissing} */
export async function resolve(preparing: Preparing, medium: Medium, index: number): Promise<Resolved> {
  const { source } = medium
  if ('known' in source) return { reference: source.known, upload: undefined, called: undefined }
  const field = `file${index}`
  if ('text' in source) {
    const content = Buffer.from(source.text)
    const upload: Upload = {
      field,
      name: source.name,
      mimeType: 'text/plain; charset=utf-8',
      size: content.length,
      open: async () => Readable.from([content]),
    }
    return { reference: `attach://${field}`, upload, called: undefined }
  }
  return resolveFile(preparing, { type: medium.type, fileId: source.fileId, index })
}

async function resolveFile(
  { ctx, botId, delivery, uploads }: Preparing,
  medium: Pick<CalledMedium, 'type' | 'fileId' | 'index'>,
): Promise<Resolved> {
  const { type, fileId, index } = medium
  const tenantId = delivery.tenantId ?? ''
  const known = await ctx.db.botFile.findUnique({
    where: { tenantId_fileId_botId_type: { tenantId, fileId, botId, type } },
    select: { telegramFileId: true },
  })
  if (known) {
    const called = { ...medium, telegramFileId: known.telegramFileId }
    return { reference: known.telegramFileId, upload: undefined, called }
  }
  const file = await ctx.db.file.findUniqueOrThrow({ where: { tenantId_id: { tenantId, id: fileId } } })
  const key = fileKey(tenantId, file.contentHash)
  if (!(await ctx.files.has(key))) throw new FileMissing()
  const uploader = uploads.get(uploadKey(medium)) ?? delivery.id
  if (uploader !== delivery.id) throw new UploadUnderWay()
  uploads.set(uploadKey(medium), delivery.id)
  const field = `file${index}`
  const upload: Upload = {
    field,
    name: file.name,
    mimeType: file.mimeType,
    size: Number(file.size),
    open: () => ctx.files.open(key),
  }
  return { reference: `attach://${field}`, upload, called: { ...medium, telegramFileId: undefined } }
}
