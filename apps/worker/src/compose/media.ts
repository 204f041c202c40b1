import { Readable } from 'node:stream'
import { captionParams, type Medium, type MessageStep } from '@tellwire/domain'
import type { Upload } from '@tellwire/telegram'
import type { CalledMedium } from './call.js'
import type { LookUps } from './look-ups.js'
import { mediumKey } from './uploads.js'

/** Thrown for a file that was uploaded to us and is no longer where files are kept. */
export class FileMissing extends Error {
  override readonly name = 'FileMissing'
  /** Which of the message's attachments it is. */
  readonly place: number | undefined

  constructor(place: number | undefined) {
    super()
    this.place = place
  }
}

/** How a medium stands in a call. */
interface Placed {
  /** An address, a `file_id`, or which of the uploads. */
  reference: string
  upload: Upload | undefined
  called: CalledMedium | undefined
}

/** Places a step's media into the parameters of its call. @throws {FileMissing} */
export function placeMedia(
  { method, media, shown }: MessageStep,
  files: LookUps['files'],
): { params: Record<string, unknown>; uploads: Upload[]; media: CalledMedium[] } {
  const placed = media.map((medium, index) => placeMedium(medium, index, files))
  const [first] = placed
  const [medium] = media
  const isAlbum = method === 'sendMediaGroup'
  return {
    uploads: placed.flatMap(({ upload }) => upload ?? []),
    media: placed.flatMap(({ called }) => called ?? []),
    params: isAlbum
      ? {
          media: media.map((item, index) =>
            toInputMedia(item, placed[index]?.reference ?? '', index === 0 ? captionParams(shown) : {}),
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

/** @throws {FileMissing} */
export function placeMedium({ type, source, place }: Medium, index: number, files: LookUps['files']): Placed {
  if ('known' in source) return { reference: source.known, upload: undefined, called: undefined }
  const field = `file${index}`
  const attached = `attach://${field}`
  if ('text' in source) return { reference: attached, upload: textFile(source, field), called: undefined }
  const { fileId } = source
  const file = files.get(mediumKey({ fileId, type })) ?? { kind: 'missing' }
  switch (file.kind) {
    case 'known': {
      const { telegramFileId } = file
      return { reference: telegramFileId, upload: undefined, called: { type, fileId, index, telegramFileId } }
    }
    case 'upload':
      return {
        reference: attached,
        upload: { ...file.upload, field },
        called: { type, fileId, index, telegramFileId: undefined },
      }
    case 'missing':
      throw new FileMissing(place)
  }
}

function textFile({ name, text }: { name: string; text: string }, field: string): Upload {
  const content = Buffer.from(text)
  return {
    field,
    name,
    mimeType: 'text/plain; charset=utf-8',
    size: content.length,
    open: async () => Readable.from([content]),
  }
}
